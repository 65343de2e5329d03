/** A request that nobody could carry out waits, through closed tabs, until somebody leads. */
import { expect, it } from 'vitest'
import { addRequest } from '#storage/write/request.ts'
import { juliet } from './stage/server.ts'
import { World } from './stage/world.ts'

it('is carried out by the next leader, whoever asked', async () => {
  const world = await World.make()
  const first = await world.tab()
  const opened = await first.engine.execute({ do: 'open', jid: juliet })
  first.kill()
  const conversation = opened.ok ? opened.id : null
  // As a service worker does, which has no engine at all.
  const command = { do: 'send', conversation, originId: 'shared', body: 'from a share' }
  await addRequest(world.root, world.account.keys, { id: 'r', account: 'a', command, at: world.clock.now() })
  await world.settle()
  expect(world.server.bodiesHeard).toEqual([])
  await world.tab()
  expect(world.server.bodiesHeard).toEqual(['from a share'])
  expect(await world.root.count('request')).toBe(0)
})

it('stays where the disk refused, and is done when there is space', async () => {
  const { refuseWrites } = await import('./stage/disk.ts')
  const world = await World.make()
  const leader = await world.tab()
  const opened = await leader.engine.execute({ do: 'open', jid: juliet })
  const follower = await world.tab()
  refuseWrites('QuotaExceededError')
  const conversation = opened.ok ? (opened.id ?? '') : ''
  const answer = follower.engine.execute({ do: 'send', conversation, originId: 'x', body: 'later' })
  await world.settle()
  expect(await world.root.count('request')).toBe(1)
  refuseWrites(null)
  await world.pass(4_000)
  expect(await answer).toEqual({ ok: true, id: null })
  expect(world.server.bodiesHeard).toEqual(['later'])
})
