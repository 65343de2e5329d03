// A long conversation: where it opens, how it scrolls, what is fetched.
import { fillPast } from '../../lab/history.ts'
import { expect, test, type Page } from '../fixtures.ts'
import { bubble, bubbles, converse, line, signIn, timeline } from '../person.ts'

/** Distance in px between the end of the messages and the lower edge of what is seen. */
function distanceToEnd(page: Page): Promise<number> {
  return timeline(page).evaluate((feed) => feed.scrollHeight - feed.scrollTop - feed.clientHeight)
}

const count = 2_000

test.describe('a conversation of 2,000 messages', () => {
  test.beforeEach(async ({ page, account, prosody, server }) => {
    const [anna, boris] = [await account(), await account()]
    await prosody.befriend(anna.user, boris.user)
    const body = (at: number) => `line ${at}. ${'and some more words '.repeat(at % 7)}`
    await fillPast(prosody, anna, boris, { count, body })
    await signIn(page, anna, server)
    if ((await line(page, boris.user).count()) > 0) await line(page, boris.user).click()
    else await converse(page, boris.jid)
    await expect(bubble(page, /line 1999\./)).toBeVisible({ timeout: 15_000 })
  })

  test('opens at its end and is there after a reload', { tag: '@firefox' }, async ({ page }) => {
    await expect.poll(() => distanceToEnd(page)).toBeLessThan(2)
    await page.reload()
    await expect(bubble(page, /line 1999\./)).toBeInViewport()
    await expect.poll(() => distanceToEnd(page)).toBeLessThan(2)
    // Still there when all that comes later has come.
    await expect(bubble(page, /line 1999\./)).toBeInViewport()
  })

  test('has the button of a message under the pointer or with the focus', { tag: '@firefox' }, async ({ page }) => {
    const buttons = timeline(page).getByRole('button', { name: 'Message actions' })
    await expect(buttons).toHaveCount(0)
    await bubble(page, /line 1998\./).hover()
    await buttons.click()
    await expect(page.getByRole('menuitem', { name: 'Details' })).toBeVisible()
    await page.keyboard.press('Escape')
    await page.mouse.move(0, 0)
    // The focus came back to the message, and stays while the pointer is elsewhere.
    await expect(bubble(page, /line 1998\./).getByRole('button', { name: 'Message actions' })).toBeVisible()
    await page.keyboard.press('ArrowDown')
    await expect(bubble(page, /line 1999\./).getByRole('button', { name: 'Message actions' })).toBeVisible()
    await expect(buttons).toHaveCount(1)
  })

  test('loads older messages without a jump, and back to the latest', async ({ page }) => {
    const feed = timeline(page)
    await feed.hover()
    for (let turn = 0; turn < 12; turn++) {
      // The message in the middle of the view moves by what was scrolled, and by nothing else.
      const before = await feed.evaluate((viewport) => {
        const middle = viewport.getBoundingClientRect().top + viewport.clientHeight / 2
        const row = [...viewport.querySelectorAll('[role="article"]')].find(
          (each) => each.getBoundingClientRect().bottom > middle,
        )
        return { key: (row as HTMLElement).dataset.key ?? '', top: row?.getBoundingClientRect().top ?? 0 }
      })
      await page.mouse.wheel(0, -200)
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      const top = await feed.evaluate(
        (viewport, key) => viewport.querySelector(`[data-key="${key}"]`)?.getBoundingClientRect().top ?? null,
        before.key,
      )
      expect(top).not.toBeNull()
      const moved = (top ?? 0) - before.top
      expect(moved).toBeGreaterThanOrEqual(-2)
      expect(moved).toBeLessThanOrEqual(202)
    }
    // Far up: what is not stored comes from the archive, what is drawn stays bounded.
    await expect
      .poll(
        async () => {
          await feed.press('Home')
          return bubbles(page)
            .first()
            .innerText()
            .then((text) => Number(/line (\d+)\./.exec(text)?.[1]))
        },
        { timeout: 20_000 },
      )
      .toBeLessThan(1_200)
    expect(await bubbles(page).count()).toBeLessThanOrEqual(300)
    await page.getByRole('button', { name: /^To the latest message/ }).click()
    await expect(bubble(page, /line 1999\./)).toBeInViewport()
    await expect.poll(() => distanceToEnd(page)).toBeLessThan(2)
  })
})

test(
  'inside a group the time comes with the pointer',
  { tag: '@firefox' },
  async ({ page, account, peer, prosody }) => {
    const [anna, boris] = [await account(), await account()]
    await prosody.befriend(anna.user, boris.user)
    const bot = await peer(boris)
    await signIn(page, anna)
    for (const body of ['first', 'second', 'third']) await bot.send(anna.jid, body)
    await line(page, boris.user).click()
    const [second, third] = [bubble(page, 'second'), bubble(page, 'third')]
    await expect(third).toHaveAccessibleName(/^\S+ third \d/)
    // Whoever asks for its name hears who said it, wherever in the group it stands.
    await expect(second).toHaveAccessibleName(/^\S+ second$/)
    await second.hover()
    await expect(second).toHaveAccessibleName(/^\S+ second \d/)
    await expect(second.getByText(/^\d+:\d\d/)).toBeVisible()
  },
)
