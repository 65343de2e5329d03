// A frame that no client can read, and that the server sends again to whoever resumes the stream.
import { expect, it } from 'vitest'
import { Situation } from './situation.ts'

const unreadable = '<message xmlns="jabber:client"><body>&nbsp;</body></message>'

it('is left behind with its stream, and what came before and after it is there', async () => {
  const situation = await Situation.make()
  const { world } = situation.stage
  world.server.say({ body: 'before' })
  await situation.hear(unreadable)
  world.server.say({ body: 'after' })
  expect(await situation.stage.online(10_000)).toBeGreaterThan(0)
  await world.pass(60_000)
  expect(situation.stage.isOnline).toBe(true)
  expect(situation.stage.frames.sockets).toBeLessThanOrEqual(3)
  expect(await world.bodies()).toEqual(['theirs', 'ours', 'before', 'after'])
  situation.end()
})

it('does not cost what could be resumed where it comes only once', async () => {
  const situation = await Situation.make()
  const { world, frames } = situation.stage
  frames.raw(unreadable)
  await situation.stage.online(10_000)
  world.server.say({ body: 'after' })
  await world.settle()
  expect(world.server.resumes).toHaveLength(1)
  expect(await world.bodies()).toEqual(['theirs', 'ours', 'after'])
  situation.end()
})
