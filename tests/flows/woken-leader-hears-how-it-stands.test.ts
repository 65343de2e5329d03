/** A leader sleeps while it has no connection, and another tab takes over: when it wakes it shows what the new leader knows. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('asks for the state it did not hear', async () => {
  const world = await World.make()
  const first = await world.tab()
  const second = await world.tab()
  first.wire().cut()
  await world.settle()
  expect(first.engine.state.connection.phase).not.toBe('online')
  first.tabs.freeze()
  await world.pass(2_000)
  expect(second.engine.isLeader).toBe(true)
  expect(second.engine.state.connection.phase).toBe('online')
  first.tabs.thaw()
  await world.settle()
  expect(first.engine.isLeader).toBe(false)
  expect(first.engine.state.connection.phase).toBe('online')
})
