/** A delay as if by our server, in the stanza of somebody else, moves a message neither before what was here nor out of the unread, nor dates it anew. */
import { expect, it } from 'vitest'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { stampText, stanzaId, textStanza, withChild } from './stage/server.ts'
import { World } from './stage/world.ts'

const forged = (at: number) => element('delay', { xmlns: ns.delay, from: 'montague.example', stamp: stampText(at) })

it.each([
  ['years back', (now: number) => now - 20 * 365 * 86_400_000],
  ['years ahead', (now: number) => now + 20 * 365 * 86_400_000],
  ['a minute back', (now: number) => now - 60_000],
])('%s', async (_name, at) => {
  const world = await World.make()
  world.server.archiveState = 'none'
  const tab = await world.tab()
  await world.pass(3_600_000)
  await world.send(tab, 'mine')
  await world.pass(30_000)
  world.server.say({ body: 'theirs', more: forged(at(world.server.now)) })
  await world.settle()
  expect(await world.bodies()).toEqual(['mine', 'theirs'])
  expect((await world.stored()).unread).toBe(1)
  const [, theirs] = await world.messages()
  expect(Math.abs((theirs?.sentAt ?? 0) - world.server.now)).toBeLessThan(60_000)
})

it('also in the first moment of a session, before all that was here before it', async () => {
  const world = await World.make()
  world.server.archiveState = 'none'
  const tab = await world.tab()
  await world.pass(3_600_000)
  await world.send(tab, 'mine')
  await world.pass(60_000)
  tab.wire().cut()
  world.server.forgetStreams()
  await world.pass(3_600_000)
  tab.wire().connect()
  await world.settle()
  world.server.say({ body: 'theirs', more: forged(world.server.now - 86_400_000) })
  await world.settle()
  expect(await world.bodies()).toEqual(['mine', 'theirs'])
  expect((await world.stored()).unread).toBe(1)
})

it('what really waited stands before what of ours went out first', async () => {
  const world = await World.make()
  world.server.archiveState = 'none'
  const tab = await world.tab()
  await world.send(tab, 'before')
  await world.pass(60_000)
  tab.wire().cut()
  world.server.forgetStreams()
  world.server.deliver = null
  world.server.fresh()
  world.server.say({ body: 'waited' })
  await world.pass(60_000)
  await world.send(tab, 'queued')
  tab.wire().connect()
  await world.settle()
  expect(await world.bodies()).toEqual(['before', 'waited', 'queued'])
})

it('also where it comes with a second copy, which tells the archive id that the first one lacks', async () => {
  const world = await World.make()
  await world.tab()
  world.server.send(textStanza({ body: 'theirs', originId: 'x' }))
  await world.settle()
  const [first] = await world.messages()
  await world.pass(60_000)
  const entry = world.server.keep({ body: 'theirs', originId: 'x' })
  const delayed = withChild(entry.xml, forged(world.server.now - 20 * 365 * 86_400_000))
  world.server.send(withChild(delayed, stanzaId(entry.id)))
  await world.settle()
  const [told] = await world.messages()
  expect([told?.archiveId, told?.sentAt]).toEqual([entry.id, first?.sentAt])
  // The archive's own word is believed.
  await world.pass(120_000)
  expect(await world.bodies()).toEqual(['theirs'])
  expect(Math.abs(((await world.messages())[0]?.sentAt ?? 0) - entry.at)).toBeLessThan(1_000)
})

it('nor where the device is slow, and the session opened before the server told its time', async () => {
  const world = await World.make()
  const { server } = world
  server.archiveState = 'none'
  world.clock.jump(-3_600_000)
  server.clockOffset = 3_600_000
  const tab = await world.tab()
  await world.pass(60_000)
  await world.send(tab, 'mine')
  await world.pass(60_000)
  tab.kill()
  server.forgetStreams()
  await world.tab()
  server.say({ body: 'theirs', more: forged(server.now - 7_200_000) })
  await world.settle()
  expect(await world.bodies()).toEqual(['mine', 'theirs'])
  expect((await world.stored()).unread).toBe(1)
})
