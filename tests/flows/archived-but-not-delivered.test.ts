/** What the archive holds and nobody sends us (XEP-0280 private, a device without carbons) is found while we are caught up. */
import { expect, it } from 'vitest'
import { juliet, self } from './stage/server.ts'
import { World } from './stage/world.ts'

const phone = { from: `${self}/phone`, to: juliet }

it('is found between live messages once it is quiet, at its place, and moves nothing', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'one' })
  await world.pass(1_000)
  server.keep({ ...phone, body: 'private' })
  await world.pass(1_000)
  server.say({ body: 'three' })
  await world.settle()
  expect(await world.bodies()).toEqual(['one', 'three'])
  tab.changes.length = 0
  const shown = new Map((await world.messages()).map(({ localId, at, rank }) => [localId, { at, rank }]))
  await world.pass(20_000)
  expect(await world.bodies()).toEqual(['one', 'private', 'three'])
  for (const { localId, at, rank } of await world.messages())
    if (shown.has(localId)) expect({ at, rank }).toEqual(shown.get(localId))
  expect(tab.changes.map(({ kind }) => kind)).not.toContain('message-changed')
  expect((await world.coverage())?.newest).toBe(server.archive.at(-1)?.id)
})

it('is found after a reload that came before the quiet', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'one' })
  await world.pass(60_000)
  server.keep({ ...phone, body: 'private' })
  server.say({ body: 'three' })
  await world.settle()
  tab.kill()
  await world.tab()
  expect(await world.bodies()).toEqual(['one', 'private', 'three'])
})

it('is found beside what came while the archive was being read', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'one' })
  await world.pass(60_000)
  tab.wire().cut()
  server.forgetStreams()
  const before = server.page.bind(server)
  // The page is cut before they come, and answered after.
  server.page = (query) => {
    const page = before(query)
    server.page = before
    server.keep({ ...phone, body: 'private' })
    server.say({ body: 'three' })
    return page
  }
  tab.wire().connect()
  await world.settle()
  expect(await world.bodies()).toEqual(['one', 'three'])
  await world.pass(20_000)
  expect(await world.bodies()).toEqual(['one', 'private', 'three'])
})

it('is asked for again where the asking failed', async () => {
  const world = await World.make()
  await world.tab()
  const { server } = world
  server.keep({ ...phone, body: 'private' })
  server.say({ body: 'two' })
  server.beforePage = () => {
    throw new Error('busy')
  }
  await world.pass(20_000)
  server.beforePage = () => undefined
  await world.pass(60_000)
  expect(await world.bodies()).toEqual(['private', 'two'])
})

it('costs one small page for each quiet, and at most one a minute where it is never quiet', async () => {
  const world = await World.make()
  await world.tab()
  const { server } = world
  await world.pass(60_000)
  const { length } = server.queries
  for (let i = 0; i < 60; i++) {
    server.say({ body: `${i}` })
    await world.pass(5_000)
  }
  expect(server.queries.length - length).toBeLessThanOrEqual(5)
  expect(server.queries.length - length).toBeGreaterThanOrEqual(4)
  await world.pass(300_000)
  expect(server.queries.length - length).toBeLessThanOrEqual(6)
})

it('is found when it came between the last page and our presence', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'one' })
  await world.pass(60_000)
  const wire = tab.wire()
  wire.cut()
  server.forgetStreams()
  const announce = wire.announcePresence.bind(wire)
  wire.announcePresence = () => {
    // Nobody of ours is there to be told.
    server.keep({ body: 'between' })
    announce()
  }
  wire.connect()
  await world.settle()
  await world.pass(0)
  expect(await world.bodies()).toEqual(['one', 'between'])
})
