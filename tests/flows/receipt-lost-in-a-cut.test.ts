/** A receipt that was written, and lost with the connection, is owed as before. */
import { expect, it } from 'vitest'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { juliet } from './stage/server.ts'
import { World } from './stage/world.ts'

const contact = element('item', { jid: juliet, subscription: 'both' })
const request = element('request', { xmlns: ns.receipts })
const receiptsOf = (heard: readonly string[], id: string): number =>
  heard.filter((xml) => xml.includes(ns.receipts) && xml.includes(`id="${id}"`) && xml.includes('<received')).length

it.each([
  ['resumed', () => undefined],
  ['new', (world: World) => world.server.forgetStreams()],
])('goes again in a %s session, and is then owed no more', async (_, happen) => {
  const world = await World.make()
  world.server.rosterItems = [contact]
  const tab = await world.tab()
  const { server } = world
  server.losesWhatIsSent = true
  server.answersAcks = false
  server.say({ id: 'asked', body: 'are you there?', more: request })
  await world.settle()
  expect(receiptsOf(server.heard, 'asked')).toBe(0)
  tab.wire().cut()
  server.losesWhatIsSent = false
  server.answersAcks = true
  happen(world)
  tab.wire().connect()
  await world.settle()
  expect(receiptsOf(server.heard, 'asked')).toBe(1)
  expect(await world.account.db.countFromIndex('message', 'receipt')).toBe(0)
  await world.reconnect(tab)
  expect(receiptsOf(server.heard, 'asked')).toBe(1)
})

it('goes once where the server took it before the cut', async () => {
  const world = await World.make()
  world.server.rosterItems = [contact]
  const tab = await world.tab()
  const { server } = world
  server.answersAcks = false
  server.say({ id: 'asked', body: 'are you there?', more: request })
  await world.settle()
  expect(receiptsOf(server.heard, 'asked')).toBe(1)
  expect(await world.account.db.countFromIndex('message', 'receipt')).toBe(1)
  server.answersAcks = true
  await world.reconnect(tab)
  expect(receiptsOf(server.heard, 'asked')).toBe(1)
  expect(await world.account.db.countFromIndex('message', 'receipt')).toBe(0)
})
