/** A full disk acknowledges nothing and says so; when there is space again, everything is stored in order. */
import { afterEach, expect, it } from 'vitest'
import { refuseWrites } from './stage/disk.ts'
import { World } from './stage/world.ts'

afterEach(() => refuseWrites(null))

it('holds back the acknowledgement and recovers', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'before' })
  await world.settle()
  tab.wire().askForAck()
  await world.settle()
  const acked = world.server.acks.at(-1)
  refuseWrites('QuotaExceededError')
  world.server.say({ body: 'during' })
  tab.wire().askForAck()
  await world.pass(3_000)
  world.server.say({ body: 'after' })
  await world.pass(3_000)
  expect(world.server.acks.at(-1)).toBe(acked)
  expect(tab.engine.state.storageFailure).toMatchObject({ what: 'storage-full', remedy: 'wait' })
  expect(await world.bodies()).toEqual(['before'])

  refuseWrites(null)
  await world.pass(3_000)
  expect(await world.bodies()).toEqual(['before', 'during', 'after'])
  expect(tab.engine.state.storageFailure).toBeNull()
  tab.wire().askForAck()
  await world.settle()
  expect(world.server.acks.at(-1)).toBeGreaterThan(acked ?? 0)
})

it('tells the person that a message could not be stored', async () => {
  const world = await World.make()
  const tab = await world.tab()
  await world.send(tab, 'first')
  refuseWrites('QuotaExceededError')
  const conversation = await world.conversation()
  const result = await tab.engine.execute({ do: 'send', conversation, originId: 'o', body: 'second' })
  expect(result).toMatchObject({ ok: false, failure: { what: 'storage-full' } })
  expect(world.server.bodiesHeard).toEqual(['first'])
})
