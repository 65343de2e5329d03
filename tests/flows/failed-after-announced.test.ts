/** What fails once the server has our presence is tried again without it: contacts are told of once a session, and stay. */
import { expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import type { ArchiveQuery } from '#xmpp/archive.ts'
import { element } from '#xmpp/element.ts'
import { juliet, nurse, self } from './stage/server.ts'
import { World } from './stage/world.ts'

const told = (world: World): number => world.server.heard.filter((xml) => xml.startsWith('<presence')).length
const present = (world: World) => world.account.db.getAllKeys('presence')

/** A server that asks the contacts for their presence with our first one alone, and `then` does something more. */
async function withContacts(then: () => void = () => undefined): Promise<World> {
  const world = await World.make()
  const { server } = world
  server.rosterItems = [juliet, nurse].map((jid) => element('item', { jid, subscription: 'both' }))
  let isInitial = true
  const receive = server.receive.bind(server)
  server.receive = (xml) => {
    receive(xml)
    if (!isInitial || !xml.startsWith('<presence')) return
    isInitial = false
    server.send(element('presence', { xmlns: 'jabber:client', from: `${juliet}/balcony`, to: `${self}/besedka` }))
    then()
  }
  return world
}

/** Refuses what is like this, so often. */
function refuse(world: World, isLike: (query: ArchiveQuery) => boolean, times: number): () => number {
  let refused = 0
  world.server.beforePage = (query) => {
    if (!isLike(query) || refused === times) return
    refused++
    throw new Failed('stanza-refused', 'ask', 'internal-server-error')
  }
  return () => refused
}

it('where the last lines of a contact cannot be read', async () => {
  const world = await withContacts()
  const { server } = world
  server.keep({ from: `${nurse}/house`, body: 'long ago' }, server.now - 9e6)
  for (let i = 0; i < 120; i++) server.keep({ body: `${i}` }, server.now - 8e6 + i * 1_000)
  const refused = refuse(world, (query) => query.with === nurse, 2)
  await world.tab()
  await world.pass(30_000)
  expect(refused()).toBe(2)
  expect(await present(world)).toEqual([`${juliet}/balcony`])
  expect(told(world)).toBe(1)
  expect(await world.bodies(nurse)).toEqual(['long ago'])
})

it('where the archive breaks off between two pages', async () => {
  const world = await withContacts()
  const { server } = world
  server.keep({ body: 'before' }, server.now - 9e6)
  const tab = await world.tab()
  await world.pass(60_000)
  const before = told(world)
  tab.wire().cut()
  for (let i = 0; i < 600; i++) server.keep({ body: `${i}` })
  server.forgetStreams()
  let pages = 0
  const refused = refuse(world, ({ after }) => after !== null && ++pages === 2, 1)
  const asked = server.queries.length
  tab.wire().connect()
  await world.settle()
  expect(tab.engine.state.connection.phase).toBe('catching-up')
  server.send(element('presence', { xmlns: 'jabber:client', from: `${juliet}/garden`, to: `${self}/besedka` }))
  await world.pass(60_000)
  expect(refused()).toBe(1)
  expect(tab.engine.state.connection.phase).toBe('online')
  expect(await world.bodies()).toHaveLength(601)
  expect(await present(world)).toEqual([`${juliet}/garden`])
  expect(told(world)).toBe(before + 1)
  // Both ends are looked at again once, the old one from where the session began.
  const windows = server.queries.slice(asked).flatMap(({ start, end }) => (end === null ? [] : [`${start} ${end}`]))
  const old = server.archive[0]?.at ?? 0
  expect(new Set(windows).size).toBe(3)
  expect(windows).toContain(`${old - 10_000} ${old}`)
})

it('and asks less and less often for what it is never given', async () => {
  const world = await withContacts()
  const { server } = world
  for (let i = 0; i < 120; i++) server.keep({ body: `${i}` }, server.now - 8e6 + i * 1_000)
  const refused = refuse(world, (query) => query.with === nurse, Number.POSITIVE_INFINITY)
  await world.tab()
  await world.pass(600_000)
  expect(refused()).toBeLessThan(16)
  expect(told(world)).toBe(1)
})

it('where the page goes away before that could be stored', async () => {
  let kill = (): void => undefined
  const world = await withContacts(() => kill())
  const { server } = world
  server.isUp = false
  const first = await world.tab()
  kill = () => first.kill()
  server.isUp = true
  first.wire().connect()
  await world.settle()
  await world.tab()
  await world.pass(5_000)
  expect(server.resumes).toHaveLength(1)
  expect(await present(world)).toEqual([`${juliet}/balcony`])
})

it('and stores with it that it need not be told again', async () => {
  const world = await withContacts()
  const { server } = world
  const first = await world.tab()
  // Nothing else is stored of this session.
  first.kill()
  await world.tab()
  expect(server.resumes).toHaveLength(1)
  expect(told(world)).toBe(1)
})

it('but forgets the presence that another stream told', async () => {
  const world = await withContacts()
  const tab = await world.tab()
  expect(await present(world)).toEqual([`${juliet}/balcony`])
  tab.wire().cut()
  world.server.forgetStreams()
  tab.wire().connect()
  await world.settle()
  expect(told(world)).toBe(2)
  expect(await present(world)).toEqual([])
})
