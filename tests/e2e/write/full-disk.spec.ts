// No room left: the person is told at once and in words, what is in the field stays there, and it is sent without a reload
// once there is room. The laboratory does the same without a browser at every write (tests/lab/engine/full-disk.lab.ts).
import { expect, test, type Page } from '../fixtures.ts'
import { composer, converse, expectOnline, expectStatus, say, signIn } from '../person.ts'

declare global {
  interface Window {
    /** While it is true no row can be stored. */
    isDiskFull?: boolean
  }
}

/** Before the app runs: a disk that can be filled, in any browser. Both databases are written by put and add. */
async function withFullDisk(page: Page): Promise<void> {
  await page.addInitScript(() => {
    for (const name of ['put', 'add'] as const) {
      const original = IDBObjectStore.prototype[name]
      IDBObjectStore.prototype[name] = function (...given: Parameters<typeof original>) {
        if (window.isDiskFull) throw new DOMException('no space', 'QuotaExceededError')
        return original.apply(this, given)
      }
    }
  })
}

const setFull = (page: Page, isFull: boolean) => page.evaluate((full) => void (window.isDiskFull = full), isFull)

test(
  'a full disk is told, and nothing that was written is lost',
  { tag: '@firefox' },
  async ({ page, account, peer }) => {
    const [anna, boris] = [await account(), await account()]
    const bot = await peer(boris)
    await withFullDisk(page)
    await signIn(page, anna)
    await converse(page, boris.jid)
    await say(page, 'before')
    await setFull(page, true)
    await bot.send(anna.jid, 'comes while it is full')
    const notice = page.getByRole('alert').filter({ hasText: 'cannot be saved right now' })
    await expect(notice).toBeVisible({ timeout: 2_000 })
    await expect(notice).toContainText('free some space')
    await composer(page).fill('must not be lost')
    await composer(page).press('Enter')
    await expect(page.locator('form.composer').getByRole('alert')).toContainText('Your text stays here')
    await expect(composer(page)).toHaveValue('must not be lost')
    const folder = process.env.PICTURES
    for (const width of folder ? [360, 1440] : []) {
      await page.setViewportSize({ width, height: 800 })
      await page.screenshot({ path: `${folder}/full-disk-${width}.png` })
    }
    await setFull(page, false)
    await expect(notice).toBeHidden()
    await expect(page.getByText('comes while it is full').last()).toBeVisible()
    await composer(page).press('Enter')
    await expect(composer(page)).toHaveValue('')
    await expectStatus(page, 'must not be lost', 'Delivered')
    await expectOnline(page)
    expect(bot.heard.filter(({ body }) => body === 'must not be lost')).toHaveLength(1)
  },
)

test('a language that cannot be stored is told where it is chosen, and stored once there is room', async ({
  page,
  server,
}) => {
  await withFullDisk(page)
  await page.goto(server.url)
  await setFull(page, true)
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'English' })
  const told = page.getByRole('alert').filter({ hasText: 'This setting holds in this tab only' })
  await expect(told).toBeVisible()
  await setFull(page, false)
  await expect(told).toBeHidden()
})
