/** What a follower asks is done exactly once, however often it asks and whoever leads meanwhile. */
import { expect, it } from 'vitest'
import { addRequest } from '#storage/write/request.ts'
import { juliet } from './stage/server.ts'
import { World, type Tab } from './stage/world.ts'

async function pair(): Promise<{ world: World; leader: Tab; follower: Tab; conversation: string }> {
  const world = await World.make()
  const leader = await world.tab()
  const opened = await leader.engine.execute({ do: 'open', jid: juliet })
  const follower = await world.tab()
  return { world, leader, follower, conversation: opened.ok ? (opened.id ?? '') : '' }
}

it('answers the follower and sends once', async () => {
  const { world, follower, conversation } = await pair()
  const answer = follower.engine.execute({ do: 'send', conversation, originId: 'x', body: 'hello' })
  await world.settle()
  expect(await answer).toEqual({ ok: true, id: null })
  expect(world.server.bodiesHeard).toEqual(['hello'])
  expect(await world.root.count('request')).toBe(0)
  expect(follower.changes.some((change) => change.kind === 'message-stored')).toBe(true)
})

it('survives the death of the leader between doing and removing', async () => {
  const { world, leader, follower, conversation } = await pair()
  // The row is there again, as after a death before its removal.
  void follower.engine.execute({ do: 'send', conversation, originId: 'x', body: 'hello' })
  await world.settle()
  const command = { do: 'send', conversation, originId: 'x', body: 'hello' }
  await addRequest(world.root, world.account.keys, { id: 'again', account: 'a', command, at: world.clock.now() })
  leader.kill()
  await world.settle()
  await world.pass(5_000)
  expect(follower.engine.isLeader).toBe(true)
  expect(await world.root.count('request')).toBe(0)
  expect(world.server.bodiesHeard).toEqual(['hello'])
  expect(await world.bodies()).toEqual(['hello'])
})

it('keeps requests in order', async () => {
  const { world, follower, conversation } = await pair()
  for (const body of ['a', 'b', 'c']) {
    void follower.engine.execute({ do: 'send', conversation, originId: body, body })
    await world.pass(1)
  }
  await world.settle()
  expect(world.server.bodiesHeard).toEqual(['a', 'b', 'c'])
})
