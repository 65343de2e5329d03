/** Who asked to know how far we read hears it: contacts only, once, the newest, and again where a cut lost it. */
import { expect, it } from 'vitest'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { juliet, nurse, self, stanzaId, textStanza, withChild } from './stage/server.ts'
import { World, type Tab } from './stage/world.ts'

const markable = element('markable', { xmlns: ns.chatMarkers })
const contact = (jid: string, subscription = 'both') => element('item', { jid, subscription })

async function withAsked(bodies: readonly string[] = ['one', 'two', 'three']) {
  const world = await World.make()
  world.server.rosterItems = [contact(juliet)]
  const tab = await world.tab()
  for (const body of bodies) world.server.say({ body, more: markable })
  await world.settle()
  return { world, tab, server: world.server }
}

async function read(world: World, tab: Tab, body: string, jid = juliet) {
  const bodies = await world.bodies(jid)
  const localId = (await world.messages(jid))[bodies.indexOf(body)]?.localId ?? 0
  await tab.engine.execute({ do: 'read', conversation: await world.conversation(jid), localId })
  await world.settle()
}

const told = (world: World): readonly string[] =>
  world.server.heard.flatMap(
    (xml) => new RegExp(`<displayed xmlns="${ns.chatMarkers}" id="([^"]*)"`).exec(xml)?.[1] ?? [],
  )
const owed = async (world: World) =>
  (await world.account.db.getAll('conversation')).flatMap(({ owesDisplayed }) => owesDisplayed ?? [])

it('tells up to where, once, and then owes nothing', async () => {
  const { world, tab } = await withAsked()
  await read(world, tab, 'two')
  expect(told(world)).toEqual(['id-two'])
  expect(await owed(world)).toEqual([])
  await read(world, tab, 'two')
  await read(world, tab, 'one')
  await world.pass(5_000)
  expect(told(world)).toEqual(['id-two'])
})

it('tells now and then along a lively conversation, and the last of it for sure', async () => {
  const { world, tab } = await withAsked()
  for (const body of ['one', 'two', 'three']) await read(world, tab, body)
  expect(told(world)).toEqual(['id-one'])
  await world.pass(1_000)
  expect(told(world)).toEqual(['id-one', 'id-three'])
  expect(await owed(world)).toEqual([])
})

it('still owes what was read before the acknowledgement of what was told', async () => {
  const { world, tab, server } = await withAsked()
  server.answersAcks = false
  await read(world, tab, 'one')
  await read(world, tab, 'two')
  server.answersAcks = true
  await world.send(tab, 'anything that has an answer')
  await world.pass(2_000)
  expect(told(world)).toEqual(['id-one', 'id-two'])
  expect(await owed(world)).toEqual([])
})

it('names the newest message whose sender asked', async () => {
  const { world, tab, server } = await withAsked(['one', 'two'])
  server.say({ body: 'three' })
  await world.settle()
  await read(world, tab, 'three')
  expect(told(world)).toEqual(['id-two'])
  server.say({ body: 'four' })
  await world.settle()
  await read(world, tab, 'four')
  await world.pass(2_000)
  expect(told(world)).toEqual(['id-two'])
})

it.each([
  { where: 'nobody asked', text: { body: 'said' }, jid: juliet },
  { where: 'a stranger asked', text: { from: `${nurse}/x`, body: 'said', more: markable }, jid: nurse },
])('says nothing where $where', async ({ text, jid }) => {
  const { world, tab } = await withAsked([])
  world.server.say(text)
  await world.settle()
  await read(world, tab, 'said', jid)
  await world.pass(5_000)
  expect(told(world)).toEqual([])
  expect(await owed(world)).toEqual([])
})

it('says nothing to a contact who may not see us', async () => {
  const world = await World.make()
  world.server.rosterItems = [contact(juliet, 'to')]
  const tab = await world.tab()
  world.server.say({ body: 'one', more: markable })
  await world.settle()
  await read(world, tab, 'one')
  expect(told(world)).toEqual([])
})

it('says nothing where the person forbade it, nor later', async () => {
  const { world, tab } = await withAsked()
  world.mayTell.displayed = false
  await read(world, tab, 'two')
  world.mayTell.displayed = true
  await world.reconnect(tab)
  await world.pass(5_000)
  expect(told(world)).toEqual([])
})

it('says nothing later of what was read without a network while it was forbidden', async () => {
  const { world, tab } = await withAsked()
  tab.wire().cut()
  world.mayTell.displayed = false
  await read(world, tab, 'two')
  world.mayTell.displayed = true
  tab.wire().connect()
  await world.pass(5_000)
  expect(told(world)).toEqual([])
})

it('does not hang on a setting that cannot be read', async () => {
  const { world, tab } = await withAsked()
  Object.defineProperty(world.mayTell, 'displayed', {
    get: () => {
      throw new Error('closed')
    },
  })
  await read(world, tab, 'two')
  expect((await world.stored()).unread).toBe(1)
  expect(told(world)).toEqual([])
})

it('owes nothing any more that another device has told meanwhile', async () => {
  const { world, tab, server } = await withAsked()
  tab.wire().cut()
  await read(world, tab, 'one')
  expect(await owed(world)).toEqual(['id-one'])
  const mark = element('displayed', { xmlns: ns.chatMarkers, id: 'id-two' })
  server.keep({ from: `${self}/phone`, to: juliet, id: 'd1', more: mark })
  server.forgetStreams()
  tab.wire().connect()
  await world.pass(5_000)
  expect((await world.stored()).unread).toBe(1)
  expect(told(world)).toEqual([])
  expect(await owed(world)).toEqual([])
})

it('says nothing of what a new device finds in the archive', async () => {
  const world = await World.make()
  world.server.rosterItems = [contact(juliet)]
  for (const body of ['old', 'older']) world.server.keep({ body, more: markable })
  const tab = await world.tab()
  await read(world, tab, 'older')
  await world.pass(5_000)
  expect(told(world)).toEqual([])
  world.server.say({ body: 'new', more: markable })
  await world.settle()
  await read(world, tab, 'new')
  expect(told(world)).toEqual(['id-new'])
})

it('says nothing of what another device read: that one tells it', async () => {
  const { world, server } = await withAsked([])
  const entry = server.keep({ body: 'one', more: markable })
  server.send(withChild(textStanza({ body: 'one', more: markable }), stanzaId(entry.id)))
  await world.settle()
  server.display(juliet, entry.id)
  await world.pass(5_000)
  expect((await world.stored()).unread).toBe(0)
  expect(told(world)).toEqual([])
})

it.each([
  ['resumed', () => undefined],
  ['new', (world: World) => world.server.forgetStreams()],
])('is told again in a %s session where it was lost on its way', async (_, happen) => {
  const { world, tab, server } = await withAsked()
  server.losesWhatIsSent = true
  server.answersAcks = false
  await read(world, tab, 'two')
  expect(await owed(world)).toEqual(['id-two'])
  tab.wire().cut()
  server.losesWhatIsSent = false
  server.answersAcks = true
  happen(world)
  tab.wire().connect()
  await world.pass(2_000)
  expect(told(world)).toEqual(['id-two'])
  expect(await owed(world)).toEqual([])
  await world.reconnect(tab)
  await world.pass(2_000)
  expect(told(world)).toEqual(['id-two'])
})

it('is told later where it was read without a network', async () => {
  const { world, tab } = await withAsked()
  tab.wire().cut()
  await read(world, tab, 'three')
  expect(told(world)).toEqual([])
  tab.wire().connect()
  await world.pass(2_000)
  expect(told(world)).toEqual(['id-three'])
})

it('is told by the next tab where the one that owed it died', async () => {
  const { world, tab, server } = await withAsked()
  server.losesWhatIsSent = true
  server.answersAcks = false
  await read(world, tab, 'two')
  tab.kill()
  server.losesWhatIsSent = false
  server.answersAcks = true
  await world.tab()
  await world.pass(2_000)
  expect(told(world)).toEqual(['id-two'])
})
