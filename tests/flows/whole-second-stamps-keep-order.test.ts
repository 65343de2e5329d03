/** Servers stamp in whole seconds: messages of one second keep the archive's order, on whatever page they come. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

const count = 700

it('forward, after being away', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'first' })
  await world.settle()
  tab.wire().cut()
  world.server.forgetStreams()
  const second = Math.floor(world.server.now / 1_000) * 1_000
  const bodies = Array.from({ length: count }, (_, i) => `m${i}`)
  for (const body of bodies) world.server.keep({ body }, second)
  tab.wire().connect()
  await world.settle()
  expect(await world.bodies()).toEqual(['first', ...bodies])
})

it('backward, on a new device', async () => {
  const world = await World.make()
  const second = Math.floor(world.server.now / 1_000) * 1_000
  const bodies = Array.from({ length: count }, (_, i) => `m${i}`)
  for (const body of bodies) world.server.keep({ body }, second)
  const tab = await world.tab()
  const conversation = await world.conversation()
  let answer
  do answer = await tab.engine.ask({ ask: 'older', conversation })
  while (answer.ok && !answer.isComplete)
  expect(await world.bodies()).toEqual(bodies)
  expect((await world.stored()).unread).toBe(0)
})
