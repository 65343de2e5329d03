/** A page that goes before the write of a message has not acknowledged it: the server sends it again. */
import { expect, it } from 'vitest'
import { refuseWrites } from './stage/disk.ts'
import { World } from './stage/world.ts'

it.each([
  ['available', 1],
  ['none', 1],
] as const)('with archive %s', async (archive, copies) => {
  const world = await World.make()
  world.server.archiveState = archive
  const first = await world.tab()
  world.server.say({ body: 'kept' })
  await world.settle()
  refuseWrites('UnknownError')
  world.server.say({ body: 'in flight' })
  await world.settle()
  first.wire().askForAck()
  const acks = world.server.acks.length
  first.kill()
  refuseWrites(null)
  expect(world.server.acks.length).toBe(acks)
  await world.tab()
  expect(await world.bodies()).toEqual(['kept', 'in flight'])
  expect((await world.messages()).filter((message) => message.messageId === 'id-in flight')).toHaveLength(copies)
})
