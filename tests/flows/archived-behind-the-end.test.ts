/** An archive that stores many at once may put a message behind what it told already; a new session finds it. */
import { expect, it } from 'vitest'
import { juliet, self, type FakeServer } from './stage/server.ts'
import { World } from './stage/world.ts'

/** Into the archive, but before its newest entry. */
function keepBehind(server: FakeServer, body: string): void {
  const newest = server.archive.at(-1)
  server.keep({ body }, (newest?.at ?? server.now) - 15)
  server.archive.splice(-2, 2, ...server.archive.slice(-2).reverse())
}

it.each([
  ['anywhere', false],
  ['only between start and end', true],
])('when its only copy went to a session that is lost; the archive looks %s', async (_where, seeksBetween) => {
  const world = await World.make()
  world.server.seeksBetween = seeksBetween
  world.server.keep({ body: 'long ago' }, world.server.now - 9e6)
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
  expect(await world.bodies()).toEqual(['long ago', 'first', 'second', 'third'])
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

/** The message that a hung session has yet to store is stored, as long as it may take. */
async function storeLate(world: World, sentAt: number): Promise<void> {
  const { server } = world
  await world.pass(sentAt + 20_000 - server.now)
  expect(await world.bodies()).toEqual(['first', 'third'])
  server.keep({ body: 'second' }, sentAt)
  server.archive.splice(-2, 2, ...server.archive.slice(-2).reverse())
  await world.pass(60_000)
  expect(await world.bodies()).toEqual(['first', 'second', 'third'])
}

it.each([5_000, 15_000])('when that session hung, and the page is loaded again after %i ms', async (ms) => {
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
  await world.pass(ms)
  // With it lies on the disk that we are announced.
  tab.wire().askForAck()
  await world.settle()
  tab.kill()
  await world.tab()
  expect(server.resumes).toHaveLength(1)
  await storeLate(world, sentAt)
})

it('when that session hung, and what was said since is read already', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'first' })
  await world.pass(600_000)
  tab.wire().cut()
  server.forgetStreams()
  const sentAt = server.now
  await world.pass(1_000)
  tab.wire().connect()
  await world.settle()
  server.say({ body: 'third' })
  await storeLate(world, sentAt)
})

/** Our clock is 3 s behind; nobody has told yet what was said at `sentAt`, between the first and the third. */
async function behindOurClock() {
  const world = await World.make()
  const { server } = world
  server.clockOffset = -3_000
  const tab = await world.tab()
  server.say({ body: 'first' })
  await world.pass(1_000)
  const sentAt = server.now
  await world.pass(1_000)
  server.say({ body: 'third' })
  await world.pass(60_000)
  server.forgetStreams()
  return { world, server, tab, sentAt }
}

it('when our clock was behind that of the server, so that all of that time stand too early', async () => {
  const { world, server, tab, sentAt } = await behindOurClock()
  server.keep({ body: 'second' }, sentAt)
  server.archive.splice(-2, 2, ...server.archive.slice(-2).reverse())
  await world.reconnect(tab)
  await world.pass(60_000)
  expect(await world.bodies()).toEqual(['first', 'second', 'third'])
})

it('when a session that hung stores with it what was sent again meanwhile', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'first' })
  await world.pass(60_000)
  server.losesWhatIsSent = true
  await world.send(tab, 'mine')
  await world.settle()
  tab.wire().cut()
  server.forgetStreams()
  server.losesWhatIsSent = false
  const sentAt = server.now
  await world.pass(1_000)
  tab.wire().connect()
  await world.pass(2_000)
  server.say({ body: 'third' })
  await world.pass(1_000)
  expect(await world.bodies()).toEqual(['first', 'mine', 'third'])
  const behind = server.archive.length - 2
  server.keep({ from: `${self}/besedka`, to: juliet, body: 'mine', originId: 'o-mine' }, sentAt)
  server.keep({ body: 'second' }, sentAt + 10)
  server.archive.splice(behind, 4, ...server.archive.slice(-2), ...server.archive.slice(behind, -2))
  await world.pass(60_000)
  expect(await world.bodies()).toEqual(['first', 'second', 'mine', 'third'])
})

it('when one of ours stands behind its neighbours that the archive had not told of yet', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'zero' })
  await world.pass(60_000)
  server.say({ body: 'first' })
  await world.pass(1_000)
  // Settled by its acknowledgement alone.
  server.archiveState = 'off'
  await world.send(tab, 'mine')
  await world.settle()
  server.archiveState = 'available'
  await world.pass(60_000)
  tab.wire().cut()
  server.forgetStreams()
  await world.pass(60_000)
  server.say({ body: 'third' })
  const first = server.archive.findIndex(({ xml }) => xml.includes('<body>first'))
  const at = server.archive[first]?.at ?? 0
  server.keep({ from: `${self}/besedka`, to: juliet, body: 'mine', originId: 'o-mine' }, at - 20)
  server.keep({ body: 'new' }, at - 10)
  server.archive.splice(first, 0, ...server.archive.splice(-2))
  tab.wire().connect()
  await world.pass(120_000)
  expect(await world.bodies()).toEqual(['zero', 'mine', 'new', 'first', 'third'])
})

it('when it is more than a page of them, and our clock was behind', async () => {
  const { world, server, tab, sentAt } = await behindOurClock()
  const third = server.archive.splice(-1)
  const late = Array.from({ length: 600 }, (_, at) => `late ${at}`)
  for (const body of late) server.keep({ body }, sentAt)
  server.archive.push(...third)
  await world.reconnect(tab)
  await world.pass(60_000)
  expect(await world.bodies()).toEqual(['first', ...late, 'third'])
  expect(Math.max(...(await world.messages()).map(({ rank }) => rank.length))).toBeLessThan(8)
})

it('is looked for behind the tail, however long that takes', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'first' })
  await world.pass(60_000)
  server.forgetStreams()
  server.beforePage = ({ end }) => (end === null ? undefined : new Promise(() => undefined))
  await world.reconnect(tab)
  server.keep({ body: 'told to nobody' })
  await world.pass(60_000)
  expect(await world.bodies()).toEqual(['first', 'told to nobody'])
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

it.each([true, false])('reads nothing that stands before what is covered; among older ones: %s', async (isLong) => {
  const world = await World.make()
  const { server } = world
  server.seeksBetween = true
  // More than a new device reads at first; the last of them stand near the end.
  for (let at = 0; at < 120; at++) server.keep({ body: `old ${at}` }, server.now - (isLong ? 9e6 : 5_000) + at)
  const tab = await world.tab()
  const before = (await world.coverage())?.oldest
  expect(before).toBe(server.archive[20]?.id)
  server.forgetStreams()
  await world.reconnect(tab)
  await world.pass(60_000)
  expect(await world.bodies()).toHaveLength(100)
  expect((await world.coverage())?.oldest).toBe(before)
})
