// What was heard before a cut and is written after it: the server is told so when the session is resumed.
import { afterEach, expect, it } from 'vitest'
import { refuseWrites } from '../../flows/stage/disk.ts'
import { textStanza } from '../../flows/stage/server.ts'
import { WireStage } from './stage.ts'

afterEach(() => refuseWrites(null))

it('is there once, though nothing but the count tells that it is the same', async () => {
  const stage = await WireStage.make()
  const { world } = stage
  world.server.send(textStanza({ body: 'before' }))
  await world.settle()
  refuseWrites('QuotaExceededError')
  world.server.send(textStanza({ body: 'nameless', id: null }))
  await world.settle()
  stage.frames.cut()
  const { sockets } = stage.frames
  await world.pass(30_000)
  expect(stage.frames.sockets).toBe(sockets)
  refuseWrites(null)
  await stage.online()
  expect(world.server.resumes).toHaveLength(1)
  expect(await world.bodies()).toEqual(['before', 'nameless'])
  stage.end()
})
