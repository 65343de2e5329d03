/** Ids of others are promises, not facts: two texts under one id are two messages, one text under one id is one. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it.each(['id', 'originId'] as const)('by %s', async (name) => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ [name]: 'same', body: 'first text' })
  world.server.say({ [name]: 'same', body: 'second text' })
  await world.settle()
  world.server.forgetStreams()
  await world.reconnect(tab)
  expect(await world.bodies()).toEqual(['first text', 'second text'])
})

it('keeps one text of two people under one id apart', async () => {
  const world = await World.make()
  await world.tab()
  world.server.say({ id: 'same', body: 'hi' })
  world.server.say({ from: 'nurse@capulet.example/x', id: 'same', body: 'hi' })
  await world.settle()
  expect(await world.bodies()).toEqual(['hi'])
  expect(await world.bodies('nurse@capulet.example' as never)).toEqual(['hi'])
})
