/** What the other side has read: every message of ours up to there, whatever comes first; nobody else can say it, and it never goes back. */
import { expect, it } from 'vitest'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { statusShown } from '#model/message.ts'
import { juliet, nurse, self } from './stage/server.ts'
import { World } from './stage/world.ts'

const displayed = (id: string) => element('displayed', { xmlns: ns.chatMarkers, id })
const received = (id: string) => element('received', { xmlns: ns.receipts, id })
const mine = { from: `${self}/phone`, to: juliet }

async function withThreeSent() {
  const world = await World.make()
  const tab = await world.tab()
  for (const body of ['one', 'two', 'three']) await world.send(tab, body)
  return { world, tab, server: world.server }
}

const statuses = async (world: World) => {
  const { theirRead } = await world.stored()
  return (await world.messages()).map((each) => statusShown(each.delivery?.status ?? null, each, theirRead))
}
const statusOf = async (world: World, body: string) => (await statuses(world))[(await world.bodies()).indexOf(body)]

it('marks all of ours up to the message that was read, with the time', async () => {
  const { world, server } = await withThreeSent()
  await world.pass(5_000)
  const at = server.now
  server.say({ id: 'd1', more: displayed('o-two') })
  await world.settle()
  expect(await statuses(world)).toEqual(['displayed', 'displayed', 'sent'])
  // When is known of the one that was named.
  expect((await world.messages()).map(({ delivery }) => delivery?.times.displayed)).toEqual([undefined, at, undefined])
})

it('never goes back, and a receipt behind it takes nothing away', async () => {
  const { world, server } = await withThreeSent()
  server.say({ id: 'd1', more: displayed('o-three') })
  server.say({ id: 'd2', more: displayed('o-one') })
  server.say({ id: 'r1', more: received('o-two') })
  await world.settle()
  expect(await statuses(world)).toEqual(['displayed', 'displayed', 'displayed'])
  expect((await world.stored()).last?.status).toBe('displayed')
  expect((await world.stored()).theirRead?.localId).toBe((await world.messages())[2]?.localId)
})

it('means nothing where it names a message of theirs', async () => {
  const { world, server } = await withThreeSent()
  server.say({ id: 'theirs', body: 'four' })
  server.say({ id: 'd1', more: displayed('theirs') })
  await world.settle()
  expect(await statuses(world)).toEqual(['sent', 'sent', 'sent', null])
})

it('settles what was still in doubt: who read it has it', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.answersAcks = false
  await world.send(tab, 'one')
  expect(await statusOf(world, 'one')).toBe('sending')
  world.server.say({ id: 'd1', more: displayed('o-one') })
  await world.settle()
  expect(await statusOf(world, 'one')).toBe('displayed')
  expect(await world.outbox()).toEqual([])
})

it('leaves alone what failed or waits', async () => {
  const { world, tab, server } = await withThreeSent()
  server.send(
    element('message', { xmlns: ns.client, type: 'error', from: juliet, to: self, id: 'o-one' }, [
      element('error', { type: 'cancel' }, [element('item-not-found', { xmlns: ns.stanzaErrors })]),
    ]),
  )
  await world.settle()
  server.answersAcks = false
  await world.send(tab, 'waits')
  expect(await statusOf(world, 'one')).toBe('failed')
  server.say({ id: 'd1', more: displayed('o-three') })
  await world.settle()
  expect(await statusOf(world, 'one')).toBe('failed')
  expect(await statusOf(world, 'two')).toBe('displayed')
  expect(await statusOf(world, 'waits')).toBe('sending')
})

it.each([
  ['of a stranger', { from: 'mallory@evil.example/x' }],
  ['of another contact', { from: `${nurse}/x` }],
  ['that we sent to ourselves', { from: `${self}/phone`, to: self }],
])('believes no mark %s', async (_, from) => {
  const { world, server } = await withThreeSent()
  server.say({ from: `${nurse}/x`, body: 'hello' })
  server.say({ ...from, id: 'd1', more: displayed('o-three') })
  await world.settle()
  expect(await statuses(world)).toEqual(['sent', 'sent', 'sent'])
})

it('waits for its message, beside a receipt, and leaves nothing behind', async () => {
  const world = await World.make()
  const { server } = world
  server.keep({ ...mine, body: 'first', originId: 'm0' })
  server.keep({ ...mine, body: 'asked', originId: 'm1' })
  for (let i = 0; i < 120; i++) server.keep({ body: `filler ${i}` })
  server.keep({ id: 'r1', more: received('m1') })
  server.keep({ id: 'd1', more: displayed('m1') })
  server.keep({ id: 'd1', more: displayed('m1') })
  const tab = await world.tab()
  expect(await world.bodies()).not.toContain('asked')
  for (let i = 0; i < 3; i++) await tab.engine.ask({ ask: 'older', conversation: await world.conversation() })
  expect(await statusOf(world, 'asked')).toBe('displayed')
  // Older than what they have read: it came behind it, and is read all the same.
  expect(await statusOf(world, 'first')).toBe('displayed')
  expect(await world.account.db.countFromIndex('message', 'awaits')).toBe(0)
})

it('comes to the same whether it was there or is read in the archive', async () => {
  const live = await withThreeSent()
  live.server.say({ id: 'd1', more: displayed('o-two') })
  await live.world.settle()
  const away = await withThreeSent()
  away.tab.wire().cut()
  away.server.forgetStreams()
  away.server.say({ id: 'd1', more: displayed('o-two') })
  away.tab.wire().connect()
  await away.world.settle()
  expect(await statuses(away.world)).toEqual(await statuses(live.world))
})

it('is heard of our own devices, too: what one of them showed is read', async () => {
  const world = await World.make()
  world.server.keepsDisplayed = false
  await world.tab()
  for (const body of ['one', 'two']) world.server.say({ body })
  await world.settle()
  world.server.sayElsewhere({ id: 'd1', more: displayed('id-one') })
  await world.settle()
  expect((await world.stored()).unread).toBe(1)
})
