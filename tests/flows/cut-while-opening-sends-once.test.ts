/** A session that is lost while it is being opened makes nothing ready: what waits is sent once, by the session after it. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it.each(['none', 'available'] as const)('sends once, archive %s', async (archive) => {
  const world = await World.make()
  const { server } = world
  server.archiveState = archive
  const tab = await world.tab()
  server.losesWhatIsSent = true
  server.answersAcks = false
  for (const body of ['one', 'two', 'three']) await world.send(tab, body)
  tab.wire().cut()
  server.losesWhatIsSent = false
  server.answersAcks = true
  tab.wire().connect()
  for (let turn = 0; server.resumes.length === 0 && turn < 1000; turn++) await Promise.resolve()
  expect(server.resumes).toHaveLength(1)
  // Resumed, and gone before what it told is written down.
  expect(tab.wire().isOpen).toBe(false)
  tab.wire().cut()
  await world.settle()
  expect((await world.outbox()).map(({ attempts }) => attempts)).toEqual([1, 1, 1])
  tab.wire().connect()
  await world.settle()
  expect(server.bodiesHeard).toEqual(['one', 'two', 'three'])
  expect(await world.outbox()).toEqual([])
})
