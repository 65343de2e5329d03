// 100 takeovers from a leader that sleeps and wakes again: nothing of an old epoch is ever written.
import { expect, test, type Page } from '../e2e/fixtures.ts'
import { bubble, converse, expectOnline, signIn } from '../e2e/person.ts'
import { messages, rowsOf } from '../e2e/store.ts'
import { note } from './figure.ts'

const turns = Number(process.env.TURNS ?? 100)

const epochOf = async (page: Page) =>
  (await rowsOf<{ name: string; value: unknown }>(page, 'meta')).find(({ name }) => name === 'epoch')?.value as number

test(`${turns} takeovers`, async ({ page, context, account, peer, prosody, server }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const bot = await peer(boris)
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  const other = await context.newPage()
  await other.goto(page.url())
  await expectOnline(other)
  let [leader, follower] = [page, other]
  const said: string[] = []
  const epochs = [await epochOf(other)]
  const silences: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    const hand = await context.newCDPSession(leader)
    await follower.bringToFront()
    // A page that is seen cannot be frozen by its life cycle; held by the debugger it is just as fast asleep,
    // while its socket stays open.
    await hand.send('Debugger.enable')
    const asleep = new Promise((resolve) => hand.once('Debugger.paused', resolve))
    await hand.send('Debugger.pause')
    await asleep
    const started = Date.now()
    said.push(`turn ${turn}`)
    await bot.send(anna.jid, `turn ${turn}`)
    await expect(bubble(follower, new RegExp(`turn ${turn}(?!\\d)`))).toBeVisible({ timeout: 20_000 })
    silences.push(Date.now() - started)
    await hand.send('Debugger.disable')
    await hand.detach()
    epochs.push(await epochOf(follower))
    ;[leader, follower] = [follower, leader]
  }
  await expectOnline(leader)
  const stored = (await messages(leader)).map(({ body }) => body)
  expect(stored).toEqual(said)
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
  // A write under an old epoch would have stored something twice, moved `h` back, or taken the epoch back.
  const taken = (epochs.at(-1) ?? 0) - (epochs[0] ?? 0)
  note(
    'freeze and thaw',
    `${turns} turns, ${taken} takeovers, ${stored.length - new Set(stored).size} twice`,
    '0 old writes',
  )
  note('longest until the follower took over', `${Math.max(...silences)} ms`, '20 s')
  expect(taken).toBeGreaterThanOrEqual(turns)
  expect(await prosody.sessions(anna.user)).toHaveLength(1)
})
