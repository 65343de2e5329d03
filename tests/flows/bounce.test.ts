/** A message that came back: later where the error says so, else failed with its reason. */
import { expect, it } from 'vitest'
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
