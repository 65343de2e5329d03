// Every screen in every theme and both directions, for people who do not see it, or see it differently, or use no pointer.
import AxeBuilder from '@axe-core/playwright'
import { demoPassword } from '../../../tools/prosody/demo.mjs'
import { expect, test, type Page } from '../fixtures.ts'
import {
  bubble,
  composer,
  expectActive,
  expectOnline,
  expectSignedOut,
  line,
  list,
  signIn,
  timeline,
} from '../person.ts'

const layla = { jid: 'layla@localhost', password: demoPassword }

/** All rules of WCAG 2.2 A and AA and the best practices, of any impact. */
async function expectNoViolations(page: Page, where: string): Promise<void> {
  // An animation in its middle has the colours of neither end.
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
  })
  const { violations } = await new AxeBuilder({ page }).analyze()
  const told = violations.map(
    ({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  )
  expect(told).toEqual([])
}

/** To another address, as typed by hand: the router loads the page anew then. */
async function go(page: Page, hash: string): Promise<void> {
  const loaded = page.waitForEvent('load')
  await page.evaluate((to) => void (location.hash = to), hash)
  await loaded
}

async function choose(page: Page, theme: string, language: string): Promise<void> {
  await go(page, '#/settings')
  await expect(page.locator('select')).toHaveCount(2)
  const [languages, themes] = [page.locator('select').nth(0), page.locator('select').nth(1)]
  await languages.selectOption(language)
  await themes.selectOption(theme)
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
  await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr')
}

// Each theme and each direction once; all pairs with AXE=all.
const pairs =
  process.env['AXE'] === 'all'
    ? ['en', 'ar'].flatMap((language) => ['light', 'dark', 'contrast'].map((theme) => ({ language, theme })))
    : [
        { language: 'en', theme: 'light' },
        { language: 'ar', theme: 'dark' },
        { language: 'en', theme: 'contrast' },
      ]
for (const { language, theme } of pairs)
  test(`axe finds nothing, ${theme}, ${language}`, async ({ page, browserName }) => {
    test.skip(browserName !== 'chromium', 'the same rules on the same page')
    test.setTimeout(60_000)
    await page.goto('')
    await page.emulateMedia({ colorScheme: theme === 'dark' ? 'dark' : 'light' })
    await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
    await expectNoViolations(page, 'sign-in')
    await signIn(page, layla)
    const conversation = await line(page, /./).first().getAttribute('href')
    await choose(page, theme, language)
    await expectNoViolations(page, 'settings')
    await go(page, '#/')
    await expect(page.locator('nav a[data-conversation]').first()).toBeVisible()
    await expectNoViolations(page, 'list')
    await go(page, conversation ?? '')
    await expect(timeline(page).getByRole('article').first()).toBeVisible()
    await expectNoViolations(page, 'conversation')
    await go(page, `${conversation ?? ''}/details`)
    await expect(page.locator('h1, h2').filter({ visible: true }).nth(1)).toBeVisible()
    await expectNoViolations(page, 'details')
    await page.keyboard.press('Control+/')
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectNoViolations(page, 'shortcuts')
  })

test('all of it by keyboard alone', { tag: '@firefox' }, async ({ page, account, peer, prosody }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const bot = await peer(boris)
  // Never past the last element: there the browser's own bar has the focus, and while the driver still brings its keys to the
  // page, Firefox takes them for none that press a button.
  const tabTo = async (what: ReturnType<Page['locator']>, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
    for (let turn = 0; turn < 40; turn++) {
      if (await what.evaluate((element) => element === document.activeElement)) return
      await page.keyboard.press(key)
      expect(await page.evaluate(() => document.hasFocus()), 'the page keeps the focus').toBe(true)
    }
    throw new Error(`not reached by ${key}`)
  }
  await page.goto('')
  await tabTo(page.getByLabel('Address', { exact: true }))
  await page.keyboard.type(anna.jid)
  await page.keyboard.press('Tab')
  await page.keyboard.type(anna.password)
  await page.keyboard.press('Enter', { delay: 50 })
  await expectOnline(page)
  await tabTo(list(page).getByRole('button', { name: 'New conversation' }).first())
  await page.keyboard.press('Enter', { delay: 50 })
  await expectActive(page.getByRole('dialog').getByLabel('Address', { exact: true }))
  await page.keyboard.type(boris.jid)
  await page.keyboard.press('Enter', { delay: 50 })
  await expectActive(composer(page))
  await page.keyboard.type('typed and sent without a mouse')
  await page.keyboard.press('Enter', { delay: 50 })
  await bot.waitForMessage(({ body }) => body === 'typed and sent without a mouse')
  await expectActive(composer(page))
  await bot.send(anna.jid, 'heard')
  await expect(bubble(page, 'heard')).toBeVisible()
  await tabTo(list(page).getByRole('link', { name: 'Settings' }), 'Shift+Tab')
  await page.keyboard.press('Enter', { delay: 50 })
  await expectActive(page.getByRole('heading', { name: 'Settings' }))
  await tabTo(page.getByRole('button', { name: 'Sign out' }))
  await page.keyboard.press('Enter', { delay: 50 })
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expectActive(page.getByRole('button', { name: 'Sign out' }))
  await page.keyboard.press('Enter', { delay: 50 })
  await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Sign out' }))
  await page.keyboard.press('Enter', { delay: 50 })
  await expectSignedOut(page)
})

test('at 320 px nothing scrolls sideways', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  const expectFits = async (where: string) =>
    expect(await page.evaluate(() => document.documentElement.scrollWidth), where).toBeLessThanOrEqual(320)
  await page.goto('')
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
  await expectFits('sign-in')
  await signIn(page, layla)
  await expectFits('list')
  await line(page, /./).first().click()
  await expect(composer(page)).toBeVisible()
  await expectFits('conversation')
  await page.getByRole('link', { name: 'Details' }).click()
  await expectFits('details')
  await go(page, '#/settings')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  await expectFits('settings')
})

test('title and address name nobody', async ({ page }) => {
  await signIn(page, layla)
  await line(page, /./).first().click()
  await expect(composer(page)).toBeVisible()
  expect(await page.title()).toMatch(/^(\(\d+\) )?Besedka$/)
  expect(page.url()).not.toMatch(/alice|layla|%40|@/)
})
