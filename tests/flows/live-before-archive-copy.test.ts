/** A message that arrives live and again from the archive is one message. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('keeps one row, with the archive id', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  expect(await world.bodies()).toEqual(['one'])
  world.server.forgetStreams()
  await world.reconnect(tab)
  expect(await world.bodies()).toEqual(['one'])
  expect((await world.messages())[0]?.archiveId).toBe(world.server.archive[0]?.id)
  expect((await world.stored()).unread).toBe(1)
  expect(tab.engine.state.connection.phase).toBe('online')
})
