/** An engine that has ended asks the disk no more, and what still ends of its work says nothing of how it stands now. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('where somebody signs out while a message is on its way', async () => {
  const world = await World.make()
  const tab = await world.tab()
  tab.wire().onSend = (xml) => {
    if (!xml.includes('<body>')) return
    // The account's database goes as soon as the tab has let go of it.
    tab.engine.leave()
    tab.kill()
  }
  await world.send(tab, 'last words')
  await world.settle()
  const { length } = tab.states
  const notes = tab.log.entries().length
  await world.pass(60_000)
  expect(tab.states).toHaveLength(length)
  expect(tab.log.entries()).toHaveLength(notes)
})

it('where the page is put to sleep while it catches up', async () => {
  const world = await World.make()
  const { server } = world
  server.keep({ body: 'before' })
  const tab = await world.tab()
  await world.pass(60_000)
  tab.wire().cut()
  for (let i = 0; i < 600; i++) server.keep({ body: `${i}` })
  const { pages } = server
  tab.wire().connect()
  while (server.pages === pages) await new Promise((done) => setImmediate(done))
  tab.network.change({ frozen: true })
  const { length } = tab.states
  await world.settle()
  expect(tab.states).toHaveLength(length)
  tab.network.change({ frozen: false })
  await world.pass(5_000)
  expect(tab.engine.state.connection.phase).toBe('online')
  expect(await world.bodies()).toHaveLength(601)
})

it('where the lock comes twice, by waiting and by force', async () => {
  const world = await World.make()
  const first = await world.tab()
  const second = await world.tab()
  const hold = second.tabs.hold.bind(second.tabs)
  let steal = (): void => undefined
  second.tabs.hold = (name, options = {}) => {
    if (options.steal !== true) return hold(name, options)
    return new Promise((resolve) => (steal = () => resolve(hold(name, options))))
  }
  // That the first one is gone is heard after the second one came.
  second.tabs.loseLock = (lose) => void setImmediate(lose)
  first.tabs.freeze()
  await world.pass(2_000)
  second.network.change({ visible: true })
  first.kill()
  await world.settle()
  expect(second.engine.isLeader).toBe(true)
  const wire = second.wire()
  steal()
  await world.settle()
  expect(second.engine.isLeader).toBe(true)
  expect(second.wire()).not.toBe(wire)
  expect(wire.isOpen).toBe(false)
})

it('and ends the session where another tab signs out', async () => {
  const world = await World.make()
  const leader = await world.tab()
  const follower = await world.tab()
  const wire = leader.wire()
  const stop = wire.stop.bind(wire)
  const ends: string[] = []
  wire.stop = (how) => {
    ends.push(how)
    stop(how)
  }
  follower.engine.leave()
  await world.settle()
  expect(ends).toEqual(['end'])
})
