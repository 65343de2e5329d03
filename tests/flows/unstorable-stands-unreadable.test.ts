/** A message that no disk takes as it came stops nothing: it stands at its place, says that it cannot be read, and keeps what it can. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '#model/message.ts'
import { refuseRows } from './stage/disk.ts'
import { juliet } from './stage/server.ts'
import { World, type Tab } from './stage/world.ts'

afterEach(() => refuseRows(null))

const asText = /"kind":"text","body":"poison/
const anyhow = /poison/
const always = /"messageId":"bad/

const ids = { before: '1', poison: 'bad', after: '3' } as const
const bodies = ['before', 'poison', 'after'] as const

const kindsOf = (messages: readonly Message[]): string[] =>
  messages.map(({ parts: [part] }) => (part?.kind === 'text' ? part.body : (part?.kind ?? '')))

const kept = (messages: readonly Message[]): (string | null | undefined)[] =>
  messages.flatMap(({ parts: [part] }) => (part?.kind === 'unreadable' ? [part.kept] : []))

async function acknowledged(world: World, tab: Tab): Promise<number | undefined> {
  tab.wire().askForAck()
  await world.settle()
  return world.server.acks.at(-1)
}

describe('live', () => {
  it.each([
    ['with what was read of it', asText],
    ['alone', anyhow],
  ])('%s', async (_name, like) => {
    const world = await World.make()
    const tab = await world.tab()
    const before = await acknowledged(world, tab)
    refuseRows(like)
    for (const body of bodies) world.server.say({ body, id: ids[body] })
    await world.settle()
    const messages = await world.messages()
    expect(kindsOf(messages)).toEqual(['before', 'unreadable', 'after'])
    expect(kept(messages)).toEqual([like === asText ? expect.stringContaining('poison') : null])
    expect((await world.stored()).unread).toBe(3)
    expect(await acknowledged(world, tab)).toBe((before ?? 0) + 3)
    expect(tab.engine.state.storageFailure).toBeNull()
    // The archive's copy is the same message.
    await world.pass(60_000)
    expect(kindsOf(await world.messages())).toEqual(['before', 'unreadable', 'after'])
    expect((await world.coverage())?.newest).toBe(world.server.archive.at(-1)?.id)
  })
})

describe('in a page', () => {
  it.each([
    ['of the tail', asText],
    ['of the tail, alone', anyhow],
  ])('%s', async (_name, like) => {
    const world = await World.make()
    const tab = await world.tab()
    const { server } = world
    server.say({ body: 'known' })
    await world.settle()
    tab.wire().cut()
    server.forgetStreams()
    for (const body of bodies) server.keep({ body, id: ids[body] })
    refuseRows(like)
    tab.wire().connect()
    await world.settle()
    expect(kindsOf(await world.messages())).toEqual(['known', 'before', 'unreadable', 'after'])
    expect((await world.coverage())?.newest).toBe(server.archive.at(-1)?.id)
    expect(tab.engine.state.connection.phase).toBe('online')
  })

  it('of older history', async () => {
    const world = await World.make()
    for (let i = 0; i < 150; i++) world.server.keep({ body: i === 20 ? 'poison' : `m${i}` })
    refuseRows(asText)
    const tab = await world.tab()
    const conversation = await world.conversation()
    expect(await tab.engine.ask({ ask: 'older', conversation })).toEqual({ ok: true, added: 50, isComplete: true })
    const messages = await world.messages()
    expect(messages).toHaveLength(150)
    expect(messages[20]?.parts[0]?.kind).toBe('unreadable')
  })

  it('leaves a trace where nothing of it can be stored', async () => {
    const world = await World.make()
    const tab = await world.tab()
    const { server } = world
    tab.wire().cut()
    server.forgetStreams()
    const entry = server.keep({ body: 'poison', id: ids.poison })
    server.keep({ body: 'after' })
    refuseRows(always)
    tab.wire().connect()
    await world.settle()
    expect(kindsOf(await world.messages())).toEqual(['after'])
    expect((await world.coverage())?.newest).toBe(server.archive.at(-1)?.id)
    const trace = await world.account.db.get('meta', `unreadable:${entry.id}`)
    expect(trace?.value).toMatchObject({ peer: juliet, archiveId: entry.id, why: expect.stringContaining('DataError') })
  })
})
