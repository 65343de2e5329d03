/** After a session that cannot be resumed the archive is asked first; only what it does not have is sent again, with its first time. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('finds what arrived and sends the rest with the same id and one delay', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.answersAcks = false
  await world.send(tab, 'arrived')
  server.losesWhatIsSent = true
  await world.send(tab, 'lost')
  const first = world.clock.now()
  expect(await world.statusOf('arrived')).toBe('sending')
  tab.wire().cut()
  server.losesWhatIsSent = false
  server.answersAcks = true
  server.forgetStreams()
  await world.pass(60_000)
  tab.wire().connect()
  await world.settle()
  expect(server.bodiesHeard).toEqual(['arrived', 'lost'])
  const again = server.heard.findLast((xml) => xml.startsWith('<message')) ?? ''
  expect(again).toContain('id="o-lost"')
  expect(again).toContain(`stamp="${new Date(first).toISOString()}"`)
  expect(await world.bodies()).toEqual(['arrived', 'lost'])
  expect([await world.statusOf('arrived'), await world.statusOf('lost')]).toEqual(['sent', 'sent'])
  expect(await world.outbox()).toEqual([])
})

it('says the delay once, however often it is sent again', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.losesWhatIsSent = true
  server.answersAcks = false
  await world.send(tab, 'lost')
  for (let i = 0; i < 3; i++) {
    server.forgetStreams()
    await world.reconnect(tab)
  }
  server.losesWhatIsSent = false
  server.answersAcks = true
  server.forgetStreams()
  await world.reconnect(tab)
  expect(server.bodiesHeard).toEqual(['lost'])
  expect(server.heard.filter((xml) => xml.includes('<body>'))[0]?.match(/<delay /g)).toHaveLength(1)
})

it('trusts the count of a resumed session: no second copy, no archive needed', async () => {
  const world = await World.make()
  world.server.archiveState = 'none'
  const tab = await world.tab()
  world.server.answersAcks = false
  await world.send(tab, 'arrived')
  world.server.losesWhatIsSent = true
  await world.send(tab, 'lost')
  tab.wire().cut()
  world.server.losesWhatIsSent = false
  world.server.answersAcks = true
  tab.wire().connect()
  await world.settle()
  expect(world.server.bodiesHeard).toEqual(['arrived', 'lost'])
  expect([await world.statusOf('arrived'), await world.statusOf('lost')]).toEqual(['sent', 'sent'])
})
