/** On a new device the person writes before the archive was looked at, and is away for long: what lies between is reached. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('is reached by looking back, in the order of the archive', async () => {
  const world = await World.make()
  const { server } = world
  server.isUp = false
  const tab = await world.tab()
  const wire = tab.wire()
  // The tab is gone before the archive answers.
  wire.readArchive = () => new Promise(() => undefined)
  server.isUp = true
  wire.connect()
  await world.settle()
  await world.send(tab, 'mine')
  await world.pass(1_000)
  expect(await world.statusOf('mine')).toBe('sent')
  expect(await world.coverage()).toBeUndefined()
  tab.kill()
  server.forgetStreams()

  await world.pass(60_000)
  const theirs = Array.from({ length: 300 }, (_, at) => `theirs ${at}`)
  for (const body of theirs) server.keep({ body })
  const next = await world.tab()
  await world.pass(5_000)
  const id = await world.conversation()
  for (let isComplete = false; !isComplete;) {
    const answer = await next.engine.ask({ ask: 'older', conversation: id })
    if (!answer.ok) throw new Error(answer.failure.what)
    isComplete = answer.isComplete
  }
  expect(await world.bodies()).toEqual(['mine', ...theirs])
})
