/** A visible tab takes the lead from one that does not answer; the thawed one changes nothing and follows. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('resumes the session, and stores each message once', async () => {
  const world = await World.make()
  const first = await world.tab()
  const second = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  await world.pass(10_000)
  expect([first.engine.isLeader, second.engine.isLeader]).toEqual([true, false])

  first.tabs.freeze()
  await world.pass(2_000)
  expect(second.engine.isLeader).toBe(true)
  expect(world.server.resumes).toHaveLength(1)
  world.server.say({ body: 'two' })
  await world.settle()
  first.tabs.thaw()
  await world.settle()
  await world.pass(10_000)
  expect([first.engine.isLeader, second.engine.isLeader]).toEqual([false, true])
  world.server.say({ body: 'three' })
  await world.settle()
  expect(await world.bodies()).toEqual(['one', 'two', 'three'])
  expect(first.engine.state.connection.phase).toBe('online')
})

it('leaves the lead where nobody looks', async () => {
  const world = await World.make()
  const first = await world.tab()
  const second = await world.tab()
  second.network.change({ visible: false })
  first.tabs.freeze()
  await world.pass(20_000)
  expect([first.engine.isLeader, second.engine.isLeader]).toEqual([true, false])
})

it('passes to the next when the leader closes', async () => {
  const world = await World.make()
  const first = await world.tab()
  const second = await world.tab()
  first.engine.handOver()
  await world.settle()
  expect(second.engine.isLeader).toBe(true)
  expect(world.server.resumes).toHaveLength(1)
})
