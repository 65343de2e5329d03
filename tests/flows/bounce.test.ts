/** A message that came back: later where the error says so, else failed with its reason. */
import { expect, it } from 'vitest'
import type { BareJid } from '#model/jid.ts'
import { element, type Markup } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { juliet, self } from './stage/server.ts'
import { World } from './stage/world.ts'

function errorFor(id: string, type: string, condition: string, from: string = juliet): Markup {
  const error = element('error', { type }, [element(condition, { xmlns: ns.stanzaErrors })])
  return element('message', { xmlns: ns.client, from, to: self, id, type: 'error' }, [error])
}

it('is tried again after a pause when the error says wait', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.answersAcks = false
  await world.send(tab, 'busy')
  world.server.send(errorFor('o-busy', 'wait', 'resource-constraint'))
  await world.settle()
  expect(world.server.bodiesHeard).toEqual(['busy'])
  expect((await world.outbox())[0]?.state).toBe('queued')
  world.server.answersAcks = true
  await world.pass(30_000)
  expect(world.server.bodiesHeard).toEqual(['busy', 'busy'])
  expect(await world.statusOf('busy')).toBe('sent')
})

it.each([
  ['after it was acknowledged', true],
  ['before it is acknowledged', false],
] as const)('that comes back with wait %s goes out again, at its place', async (_name, isAcked) => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.answersAcks = isAcked
  await world.send(tab, 'busy')
  server.send(errorFor('o-busy', 'wait', 'resource-constraint'))
  await world.settle()
  server.answersAcks = true
  // The acknowledgement of the first try says nothing of the second, nor does the archive's copy of it.
  tab.wire().requestAck()
  server.say({ body: 'answer' })
  await world.pass(8_000)
  expect(await world.statusOf('busy')).toBe('queued')
  expect((await world.messages())[0]?.delivery?.failure?.cause).toBe('resource-constraint')
  await world.pass(30_000)
  expect(server.bodiesHeard).toEqual(['busy', 'busy'])
  expect(server.heard.filter((xml) => xml.includes('id="o-busy"'))).toHaveLength(2)
  expect(server.heard.findLast((xml) => xml.includes('id="o-busy"'))).toContain('<delay ')
  expect(await world.statusOf('busy')).toBe('sent')
  expect(await world.bodies()).toEqual(['busy', 'answer'])
  expect(await world.outbox()).toEqual([])
})

it('fails when it came back too often, and counts anew when the person tries again', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  await world.send(tab, 'busy')
  for (let i = 0; i < 5; i++) {
    server.send(errorFor('o-busy', 'wait', 'resource-constraint'))
    await world.settle()
    expect(await world.statusOf('busy')).toBe('queued')
    await world.pass(300_000)
    expect(server.bodiesHeard).toHaveLength(i + 2)
  }
  server.send(errorFor('o-busy', 'wait', 'resource-constraint'))
  await world.settle()
  expect(await world.statusOf('busy')).toBe('failed')
  expect(await world.outbox()).toEqual([])
  await tab.engine.execute({ do: 'retry', localId: (await world.messages())[0]?.localId ?? 0 })
  await world.settle()
  server.send(errorFor('o-busy', 'wait', 'resource-constraint'))
  await world.settle()
  expect(await world.statusOf('busy')).toBe('queued')
})

it('that the person tries again without a network is not taken for sent by the copy of its first try', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  await world.send(tab, 'nobody')
  server.send(errorFor('o-nobody', 'cancel', 'item-not-found'))
  server.say({ body: 'answer' })
  await world.settle()
  tab.wire().cut()
  server.forgetStreams()
  await tab.engine.execute({ do: 'retry', localId: (await world.messages())[0]?.localId ?? 0 })
  await world.settle()
  expect(await world.statusOf('nobody')).toBe('queued')
  server.losesWhatIsSent = true
  server.answersAcks = false
  tab.wire().connect()
  await world.settle()
  expect(await world.statusOf('nobody')).toBe('sending')
  server.losesWhatIsSent = false
  server.answersAcks = true
  await world.reconnect(tab)
  expect(server.bodiesHeard).toEqual(['nobody', 'nobody'])
  expect(await world.statusOf('nobody')).toBe('sent')
  expect(await world.bodies()).toEqual(['nobody', 'answer'])
})

it('fails with its reason when the error is final, and can be tried again', async () => {
  const world = await World.make()
  const tab = await world.tab()
  await world.send(tab, 'nobody')
  world.server.send(errorFor('o-nobody', 'cancel', 'item-not-found'))
  await world.settle()
  const [message] = await world.messages()
  expect(message?.delivery).toMatchObject({ status: 'failed', failure: { what: 'recipient-unknown' } })
  expect(await world.outbox()).toEqual([])
  expect((await world.stored()).last?.status).toBe('failed')
  await tab.engine.execute({ do: 'retry', localId: message?.localId ?? 0 })
  await world.settle()
  expect(world.server.bodiesHeard).toEqual(['nobody', 'nobody'])
  expect(await world.statusOf('nobody')).toBe('sent')
})

it.each([
  // As Prosody answers where it talks to no other server, and for an address of its own that nobody has.
  ['not-allowed', juliet, 'not-federated'],
  ['service-unavailable', 'nobody@montague.example', 'not-delivered'],
  ['not-allowed', 'benvolio@montague.example', 'not-allowed'],
  ['remote-server-not-found', juliet, 'recipient-unreachable'],
] as const)('tells %s of %s as %s', async (condition, peer, what) => {
  const world = await World.make()
  const tab = await world.tab()
  await world.send(tab, 'hello', 'o', peer as BareJid)
  world.server.send(errorFor('o', 'cancel', condition, peer))
  await world.settle()
  expect((await world.messages(peer as BareJid))[0]?.delivery?.failure).toMatchObject({ what, cause: condition })
})

it('does not take back what was received, nor listen to strangers', async () => {
  const world = await World.make()
  const tab = await world.tab()
  await world.send(tab, 'there')
  world.server.send(errorFor('o-there', 'cancel', 'item-not-found', 'mallory@evil.example'))
  await world.settle()
  expect(await world.statusOf('there')).toBe('sent')
  expect(await world.conversation('mallory@evil.example' as never)).toBe('')
  world.server.say({ id: 'r', more: element('received', { xmlns: ns.receipts, id: 'o-there' }) })
  await world.settle()
  world.server.send(errorFor('o-there', 'cancel', 'service-unavailable'))
  await world.settle()
  expect(await world.statusOf('there')).toBe('delivered')
})
