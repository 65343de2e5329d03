/** What one device of ours has read counts as read on the others, whatever comes first; what we have seen never becomes unread. */
import { expect, it } from 'vitest'
import { displayedEvent, juliet, self, stanzaId, textStanza, withChild } from './stage/server.ts'
import { World } from './stage/world.ts'

async function withThree() {
  const world = await World.make()
  const tab = await world.tab()
  const entries = ['one', 'two', 'three'].map((body) => world.server.say({ body }))
  await world.settle()
  return { world, tab, server: world.server, ids: entries.map((entry) => entry?.id ?? '') }
}

it('is told live, and never goes back', async () => {
  const { world, server, ids } = await withThree()
  server.display(juliet, ids[1] ?? '')
  await world.settle()
  expect((await world.stored()).unread).toBe(1)
  server.display(juliet, ids[0] ?? '')
  await world.pass(2_000)
  expect((await world.stored()).unread).toBe(1)
  // Somebody told less than was known: now the node has the most again.
  expect(server.displayed.get(juliet)).toBe(ids[1])
})

it('is found by the next session', async () => {
  const { world, tab, server, ids } = await withThree()
  tab.wire().cut()
  server.forgetStreams()
  server.displayed.set(juliet, ids[2] ?? '')
  tab.wire().connect()
  await world.pass(2_000)
  expect((await world.stored()).unread).toBe(0)
})

it('counts as soon as the message is here', async () => {
  const { world, server } = await withThree()
  const late = server.keep({ body: 'four' })
  server.display(juliet, late.id)
  await world.settle()
  expect((await world.stored()).unread).toBe(3)
  server.send(withChild(textStanza({ body: 'four' }), stanzaId(late.id)))
  await world.settle()
  expect((await world.stored()).unread).toBe(0)
})

it('is told to the others, also what was read without a network', async () => {
  const { world, tab, server, ids } = await withThree()
  const [, two, three] = await world.messages()
  const conversation = await world.conversation()
  await tab.engine.execute({ do: 'read', conversation, localId: two?.localId ?? 0 })
  await world.pass(2_000)
  expect(server.displayed.get(juliet)).toBe(ids[1])
  tab.wire().cut()
  await tab.engine.execute({ do: 'read', conversation, localId: three?.localId ?? 0 })
  tab.wire().connect()
  await world.pass(2_000)
  expect(server.displayed.get(juliet)).toBe(ids[2])
})

it('says nothing where nobody keeps it', async () => {
  const world = await World.make()
  world.server.keepsDisplayed = false
  const tab = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  const [one] = await world.messages()
  await tab.engine.execute({ do: 'read', conversation: await world.conversation(), localId: one?.localId ?? 0 })
  await world.pass(2_000)
  expect(world.server.displayed.size).toBe(0)
})

it('stays read where the archive puts it behind a word of ours', async () => {
  const world = await World.make()
  const { server } = world
  // Nobody reminds us of what we have seen.
  server.keepsDisplayed = false
  const tab = await world.tab()
  server.say({ body: 'before' })
  await world.settle()
  // The server took ours first, and told us theirs before it told us so.
  server.answersAcks = false
  await world.send(tab, 'ours')
  await world.settle()
  server.say({ body: 'theirs' })
  await world.settle()
  const theirs = (await world.messages()).find(
    (each) => !each.isOwn && each.parts.some((part) => 'body' in part && part.body === 'theirs'),
  )
  await tab.engine.execute({ do: 'read', conversation: await world.conversation(), localId: theirs?.localId ?? 0 })
  server.answersAcks = true
  tab.wire().requestAck()
  await world.pass(30_000)
  expect(await world.bodies()).toEqual(['before', 'ours', 'theirs'])
  expect((await world.stored()).unread).toBe(0)
})

it('is believed of our own account alone', async () => {
  const { world, server, ids } = await withThree()
  for (const from of [juliet, `${juliet}/balcony`, 'montague.example', `${self}/phone`, null])
    server.send(displayedEvent(juliet, ids[2] ?? '', from))
  await world.settle()
  expect((await world.stored()).unread).toBe(3)
})
