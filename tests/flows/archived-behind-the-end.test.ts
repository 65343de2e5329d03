/** An archive that stores many at once may put a message behind what it told already; a new session finds it. */
import { expect, it } from 'vitest'
import type { FakeServer } from './stage/server.ts'
import { World } from './stage/world.ts'

/** Into the archive, but before its newest entry. */
function keepBehind(server: FakeServer, body: string): void {
  const newest = server.archive.at(-1)
  server.keep({ body }, (newest?.at ?? server.now) - 15)
  server.archive.splice(-2, 2, ...server.archive.slice(-2).reverse())
}

it('when its only copy went to a session that is lost', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'first' })
  await world.pass(60_000)
  server.say({ body: 'third' })
  await world.pass(60_000)
  tab.wire().cut()
  server.forgetStreams()
  keepBehind(server, 'second')
  tab.wire().connect()
  await world.settle()
  await world.pass(1)
  expect(await world.bodies()).toEqual(['first', 'second', 'third'])
  expect((await world.coverage())?.newest).toBe(server.archive.at(-1)?.id)
  expect((await world.stored()).unread).toBe(3)
})

it('when it came while the new session was not announced yet', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'first' })
  await world.pass(60_000)
  tab.wire().cut()
  server.forgetStreams()
  server.keep({ body: 'third' })
  const { pages } = server
  server.beforePage = () => {
    if (server.pages === pages + 1) keepBehind(server, 'second')
  }
  tab.wire().connect()
  await world.settle()
  await world.pass(1)
  expect(await world.bodies()).toEqual(['first', 'second', 'third'])
})

it('when the session that was to store it hung for 20 s', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'first' })
  await world.pass(60_000)
  tab.wire().cut()
  server.forgetStreams()
  const sentAt = server.now
  await world.pass(1_000)
  server.keep({ body: 'third' })
  tab.wire().connect()
  await world.pass(19_000)
  expect(await world.bodies()).toEqual(['first', 'third'])
  server.keep({ body: 'second' }, sentAt)
  server.archive.splice(-2, 2, ...server.archive.slice(-2).reverse())
  await world.pass(15_000)
  expect(await world.bodies()).toEqual(['first', 'second', 'third'])
})

it('moves nothing that it reads again', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  for (let at = 0; at < 5; at++) server.say({ body: `said ${at}` })
  await world.pass(60_000)
  const before = (await world.messages()).map(({ localId, at, rank }) => [localId, at, rank])
  server.forgetStreams()
  await world.reconnect(tab)
  await world.pass(1)
  expect((await world.messages()).map(({ localId, at, rank }) => [localId, at, rank])).toEqual(before)
})
