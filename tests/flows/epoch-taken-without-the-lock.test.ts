/** A tab that got the lock while it slept, and lost it, takes the epoch when it wakes: the one that holds the lock leads on. */
import { expect, it } from 'vitest'
import { takeEpoch } from '#storage/database.ts'
import { World } from './stage/world.ts'

it('leads anew with an epoch of its own', async () => {
  const world = await World.make()
  const only = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  await takeEpoch(world.account)
  world.server.say({ body: 'two' })
  await world.settle()
  expect(only.engine.isLeader).toBe(true)
  world.server.say({ body: 'three' })
  await world.settle()
  expect(await world.bodies()).toEqual(['one', 'two', 'three'])
  expect(only.engine.state.connection.phase).toBe('online')
})
