// Several tabs, one connection: all of them read and write, and one takes over when the other is gone.
import type { Control } from '../../../tools/prosody/control.mjs'
import { expect, test, type Fixtures, type Page, type Server } from '../fixtures.ts'
import { bubble, composer, converse, expectOnline, expectSignedOut, say, signIn, signOut } from '../person.ts'
import { messages } from '../store.ts'

/** The longest time in ms until a change is seen in every tab. */
const soon = 500

/** When a text appeared in this page, by the clock that all pages of a machine share; started before it is said. */
function appearance(page: Page, text: string): Promise<number> {
  return page.evaluate(
    (text) =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (!document.querySelector('[role="feed"]')?.textContent.includes(text)) return
          observer.disconnect()
          resolve(Date.now())
        }
        const observer = new MutationObserver(look)
        observer.observe(document.body, { subtree: true, childList: true, characterData: true })
        look()
      }),
    text,
  )
}

async function openSecond(page: Page, server: Server): Promise<Page> {
  const before = server.tunnel?.count
  const second = await page.context().newPage()
  await second.goto(page.url())
  await expectOnline(second)
  expect(server.tunnel?.count).toBe(before)
  expect(server.tunnel?.size).toBe(1)
  return second
}

type Given = Pick<Fixtures, 'account' | 'peer' | 'server'> & { page: Page; prosody: Control }

/** Anna in two tabs, both with her conversation with a bot on screen. */
async function twoTabs({ page, account, peer, prosody, server }: Given) {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const bot = await peer(boris)
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  return { anna, bot, second: await openSecond(page, server) }
}

/** Makes the process of a page crash, soon. */
async function crash(page: Page): Promise<{ happened: Promise<unknown> }> {
  const session = await page.context().newCDPSession(page)
  const happened = page.waitForEvent('crash')
  session.send('Page.crash').catch(() => undefined)
  return { happened }
}

test(
  'a second tab follows on the same connection',
  { tag: '@firefox' },
  async ({ page, account, peer, prosody, server }) => {
    const { anna, bot, second } = await twoTabs({ page, account, peer, prosody, server })

    await bot.send(anna.jid, 'warming up')
    for (const tab of [page, second]) await expect(bubble(tab, 'warming up')).toBeVisible()

    const heard = [appearance(page, 'for both tabs'), appearance(second, 'for both tabs')]
    await bot.send(anna.jid, 'for both tabs')
    const [first = 0, other = 0] = await Promise.all(heard)
    expect(Math.abs(first - other)).toBeLessThan(soon)

    const shown = [appearance(page, 'from the follower'), appearance(second, 'from the follower')]
    await composer(second).fill('from the follower')
    const started = Date.now()
    await composer(second).press('Enter')
    const times = await Promise.all(shown)
    expect(Math.max(...times) - started).toBeLessThan(soon)
    await bot.waitForMessage(({ body }) => body === 'from the follower')
    await expect(composer(second)).toHaveValue('')
    expect(server.tunnel?.size).toBe(1)
    expect(bot.heard.filter(({ body }) => body)).toHaveLength(1)
  },
)

test('a tab that signs in to the account of another one follows it', async ({
  page,
  context,
  account,
  prosody,
  server,
}) => {
  const who = await account()
  const second = await context.newPage()
  await second.goto(server.url)
  await expectSignedOut(second)
  await signIn(page, who, server)
  await second.getByLabel('Address', { exact: true }).fill(who.jid)
  await second.getByLabel('Password', { exact: true }).fill(who.password)
  await second.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expectOnline(second)
  await expect.poll(() => server.tunnel?.size).toBe(1)
  await expect.poll(async () => (await prosody.sessions(who.user)).length).toBe(1)
  await signOut(second)
  await expectSignedOut(page)
})

test(
  'the follower takes over when the leader closes',
  { tag: '@firefox' },
  async ({ page, account, peer, prosody, server }) => {
    const { anna, bot, second } = await twoTabs({ page, account, peer, prosody, server })
    await page.close()
    await bot.send(anna.jid, 'said in between')
    await expect(bubble(second, 'said in between')).toBeVisible()
    await say(second, 'said by the heir')
    await bot.waitForMessage(({ body }) => body === 'said by the heir')
    await expectOnline(second)
    expect(server.tunnel?.size).toBe(1)
    expect((await prosody.sessions(anna.user)).length).toBe(1)
    expect((await messages(second)).map(({ body }) => body)).toEqual(['said in between', 'said by the heir'])
  },
)

test('the follower takes over when the leader crashes', async ({
  page,
  browserName,
  account,
  peer,
  prosody,
  server,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium can be made to crash')
  const { anna, bot, second } = await twoTabs({ page, account, peer, prosody, server })
  const crashed = await crash(page)
  await crashed.happened
  await bot.send(anna.jid, 'said over the wreck')
  await expect(bubble(second, 'said over the wreck')).toBeVisible({ timeout: 15_000 })
  await say(second, 'alive')
  await bot.waitForMessage(({ body }) => body === 'alive')
  expect((await messages(second)).map(({ body }) => body)).toEqual(['said over the wreck', 'alive'])
})

test('what a follower says is sent once, although the leader dies of it', async ({
  page,
  browserName,
  account,
  peer,
  prosody,
  server,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium can be made to crash')
  const { bot, second } = await twoTabs({ page, account, peer, prosody, server })
  const crashed = await crash(page)
  await composer(second).fill('said to a dead leader')
  await composer(second).press('Enter')
  await crashed.happened
  await bot.waitForMessage(({ body }) => body === 'said to a dead leader', 15_000)
  await expect(composer(second)).toHaveValue('')
  await say(second, 'and once more')
  await bot.waitForMessage(({ body }) => body === 'and once more')
  expect(bot.heard.map(({ body }) => body).filter(Boolean)).toEqual(['said to a dead leader', 'and once more'])
})
