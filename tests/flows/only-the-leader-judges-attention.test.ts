/** What is seen in any tab moves the read position by the leader alone, and the server hears whether anybody looks at all. */
import { expect, it } from 'vitest'
import type { Look } from '#model/attention.ts'
import { World, type Tab } from './stage/world.ts'

const hidden: Look = { isVisible: false, hasFocus: false, idle: 0, conversation: null, seen: null }
const visible: Look = { ...hidden, isVisible: true, hasFocus: true }

async function pair(): Promise<{ world: World; leader: Tab; follower: Tab; conversation: string; localId: number }> {
  const world = await World.make()
  const leader = await world.tab()
  const follower = await world.tab()
  leader.engine.look(hidden)
  world.server.say({ body: 'one' })
  await world.settle()
  const { id } = await world.stored()
  const [newest] = (await world.messages()).slice(-1)
  return { world, leader, follower, conversation: id, localId: newest?.localId ?? 0 }
}

it('reads what a follower’s person sees, without a request, and not what nobody sees', async () => {
  const { world, follower, conversation, localId } = await pair()
  follower.engine.look({ ...visible, hasFocus: false, conversation, seen: localId })
  await world.settle()
  expect((await world.stored()).unread).toBe(1)
  follower.engine.look({ ...visible, conversation, seen: localId })
  await world.settle()
  expect((await world.stored()).unread).toBe(0)
  expect(await world.root.count('request')).toBe(0)
})

it('a new leader asks all tabs, and what was seen while nobody led is read then', async () => {
  const { world, leader, follower, conversation, localId } = await pair()
  leader.tabs.freeze()
  follower.engine.look({ ...visible, conversation, seen: localId })
  await world.settle()
  expect((await world.stored()).unread).toBe(1)
  await world.pass(5_000)
  expect(follower.engine.isLeader).toBe(true)
  expect((await world.stored()).unread).toBe(0)

  const third = await world.tab()
  world.server.say({ body: 'two' })
  await world.settle()
  const [newest] = (await world.messages()).slice(-1)
  third.engine.look({ ...visible, conversation, seen: newest?.localId ?? 0 })
  follower.kill()
  await world.pass(5_000)
  expect(third.engine.isLeader || leader.engine.isLeader).toBe(true)
  expect((await world.stored()).unread).toBe(0)
})

it('tells the server of a minute without eyes, by the leader whoever looks, and of the first glance at once', async () => {
  const { world, leader, follower } = await pair()
  follower.engine.look(visible)
  await world.settle()
  await world.pass(2 * 60_000)
  expect(leader.wire().told).toEqual([])
  follower.engine.look(hidden)
  await world.settle()
  await world.pass(60_000)
  expect(leader.wire().told).toEqual(['inactive'])
  // No time passes: messages between tabs are enough, whatever timers do in hidden tabs.
  follower.engine.look(visible)
  await world.settle()
  expect(leader.wire().told).toEqual(['inactive', 'active'])
  follower.engine.handOver()
  await world.settle()
  await world.pass(60_000)
  expect(leader.wire().told).toEqual(['inactive', 'active', 'inactive'])
})
