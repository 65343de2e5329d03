// On a phone: nothing sticks out of the screen, and what a finger must meet is large enough for it.
import type { Page } from '@playwright/test'
import { demoPassword } from '../../../tools/prosody/demo.mjs'
import { expect, test } from '../fixtures.ts'
import { composer, line, signIn } from '../person.ts'

test.skip(({ browserName }) => browserName !== 'chromium', 'only Chromium can be told to have fingers')
test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })

/** CSS px; WCAG 2.5.5. */
const finger = 44

/** Controls smaller than a finger; a field or a switch counts with the label or frame around it. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const controls = [
      ...document.querySelectorAll<HTMLElement>(
        'a[href], button, select, summary, label:has(input), .frame, .search, .field',
      ),
    ]
    return controls.flatMap((control) => {
      const { width, height } = control.getBoundingClientRect()
      const isSeen = control.checkVisibility({ visibilityProperty: true }) && width > 0
      const isInside = (control.parentElement?.closest('.frame, .search, .message, label') ?? null) !== null
      if (!isSeen || isInside || (width >= least && height >= least)) return []
      return [
        `${control.className} ${control.textContent.trim().slice(0, 20)}: ${Math.round(width)} x ${Math.round(height)}`,
      ]
    })
  }, finger)
}

for (const locale of ['en-GB', 'bg-BG', 'ar-EG'])
  test.describe(locale, () => {
    test.use({ locale })

    test('the sign-in stands in the middle', async ({ page }) => {
      await page.goto('')
      const card = await page.locator('form').boundingBox()
      const start = card?.x ?? 0
      const end = 360 - start - (card?.width ?? 0)
      expect(Math.abs(start - end)).toBeLessThanOrEqual(1)
      expect(start).toBeGreaterThanOrEqual(16)
      // And what is in it stands in its middle.
      for (const part of await page.locator('form .frame, form [type=submit]').all()) {
        const box = await part.boundingBox()
        expect((box?.x ?? 0) - start).toBeCloseTo(360 - end - (box?.x ?? 0) - (box?.width ?? 0), 0)
      }
      expect(await tooSmall(page)).toEqual([])
    })
  })

test('every control of list, conversation and settings meets a finger', async ({ page }) => {
  await signIn(page, { jid: 'chen@localhost', password: demoPassword })
  expect(await tooSmall(page)).toEqual([])
  await line(page, /./).first().tap()
  await expect(composer(page)).toBeVisible()
  expect(await tooSmall(page)).toEqual([])
  await page.getByRole('link', { name: 'Details' }).tap()
  await expect(page.getByRole('heading', { name: 'Details' })).toBeVisible()
  expect(await tooSmall(page)).toEqual([])
  await page.goto('#/settings')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  expect(await tooSmall(page)).toEqual([])
})
