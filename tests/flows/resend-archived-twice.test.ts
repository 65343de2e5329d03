/** A message that was sent again lies in the archive under two ids and is still one message. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('merges the second copy, in either way of coming', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'again', originId: 'same' })
  await world.settle()
  world.server.forgetStreams()
  tab.wire().cut()
  world.server.say({ body: 'between' })
  world.server.keep({ body: 'again', originId: 'same' })
  world.server.keep({ body: 'after' })
  await world.reconnect(tab)
  tab.wire().connect()
  await world.settle()
  expect(await world.bodies()).toEqual(['again', 'between', 'after'])
  expect((await world.coverage())?.newest).toBe(world.server.archive.at(-1)?.id)
  expect((await world.stored()).unread).toBe(3)
})
