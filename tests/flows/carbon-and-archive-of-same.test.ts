/** What another device of ours said comes as a carbon and again from the archive, and stays one message. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('keeps one row of ours, sent', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.sayElsewhere({ body: 'from my phone', originId: 'p1' })
  await world.settle()
  world.server.forgetStreams()
  await world.reconnect(tab)
  expect(await world.bodies()).toEqual(['from my phone'])
  const [message] = await world.messages()
  expect(message).toMatchObject({ isOwn: true, via: 'carbon', delivery: { status: 'sent' } })
  expect((await world.stored()).unread).toBe(0)
})
