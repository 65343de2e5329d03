/** A window on the store: what is committed while it reads, what came while it was told nothing, rows that are not whole. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Change } from '#model/change.ts'
import { textOf, type ConversationId } from '#model/message.ts'
import type * as Reading from '#storage/read/message.ts'
import { World, type Tab } from '../../../tests/flows/stage/world.ts'
import { Conversations } from './conversations.svelte.ts'
import { Roster } from './roster.svelte.ts'
import { Timeline } from './timeline.svelte.ts'

const self = 'romeo@montague.example' as never
const juliet = 'juliet@capulet.example' as never
const everything: Change[] = [{ kind: 'everything' }]

/** What happens once between a page that was read and its answer. */
const meanwhile = vi.hoisted(() => ({ happens: null as (() => Promise<void>) | null }))

vi.mock('#storage/read/message.ts', async (original) => {
  const real = await original<typeof Reading>()
  const slowed =
    <Given extends unknown[], Found>(read: (...given: Given) => Promise<Found>) =>
    async (...given: Given): Promise<Found> => {
      const found = await read(...given)
      const { happens } = meanwhile
      meanwhile.happens = null
      await happens?.()
      return found
    }
  return { ...real, readBefore: slowed(real.readBefore), readAfter: slowed(real.readAfter) }
})

beforeEach(() => {
  meanwhile.happens = null
})

class Stage {
  readonly world: World
  readonly tab: Tab
  readonly id: ConversationId
  readonly timeline: Timeline
  #told = 0

  private constructor(world: World, tab: Tab, id: ConversationId, timeline: Timeline) {
    this.world = world
    this.tab = tab
    this.id = id
    this.timeline = timeline
    this.#told = tab.changes.length
  }

  /** A conversation of so many messages, all read but for the last `unread`, and a window that is not loaded. `archived`: how many the server had before. */
  static async make(count: number, unread = 0, archived = 0): Promise<Stage> {
    const world = await World.make()
    for (let at = 1; at <= archived; at++) world.server.keep({ body: `kept ${at}` })
    const tab = await world.tab()
    for (let at = 1; at <= count; at++) world.server.say({ body: `said ${at}` })
    await world.settle()
    const id = await world.conversation()
    const seen = (await world.messages()).at(-1 - unread)
    await tab.engine.execute({ do: 'read', conversation: id, localId: seen?.localId ?? 0 })
    const conversations = new Conversations(world.account, tab.engine, new Roster(world.account, tab.engine), self)
    await conversations.load()
    const timeline = new Timeline(id, juliet, self, world.account, tab.engine, conversations, () => undefined)
    return new Stage(world, tab, id, timeline)
  }

  static async loaded(count: number, unread = 0): Promise<Stage> {
    const stage = await Stage.make(count, unread)
    await stage.timeline.load()
    return stage
  }

  /** Something is said and stored; the window is told of it as of all that was not told yet. */
  async say(...bodies: string[]): Promise<void> {
    for (const body of bodies) this.world.server.say({ body })
    await this.world.settle()
    this.tell()
    await this.world.settle()
  }

  tell(): void {
    this.timeline.apply(this.tab.changes.slice(this.#told))
    this.#told = this.tab.changes.length
  }

  get shown(): (string | null)[] {
    return this.timeline.rows.flatMap((row) => (row.kind === 'message' ? [textOf(row.message)] : []))
  }
}

const said = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `said ${from + at}`)

it('shows what was stored meanwhile, each message once', async () => {
  const stage = await Stage.loaded(1)
  const { timeline, world } = stage
  for (const body of ['two', 'three']) world.server.say({ body })
  await world.settle()
  expect(stage.shown).toEqual(['said 1'])
  timeline.apply(everything)
  await world.settle()
  expect(stage.shown).toEqual(['said 1', 'two', 'three'])
  timeline.apply(everything)
  await world.settle()
  expect(stage.shown).toEqual(['said 1', 'two', 'three'])
})

describe('a message that is committed while the window reads', () => {
  it('is shown where the newest are read', async () => {
    const stage = await Stage.make(2)
    meanwhile.happens = () => stage.say('late')
    await stage.timeline.load()
    await stage.world.settle()
    expect(stage.shown).toEqual(['said 1', 'said 2', 'late'])
  })

  it('is shown where it opens at the first unread one', async () => {
    const stage = await Stage.make(9, 3)
    let pages = 0
    const late = async (): Promise<void> => {
      // The one before the first unread message is read first, then what follows it.
      if (++pages < 2) meanwhile.happens = late
      else await stage.say('late')
    }
    meanwhile.happens = late
    await stage.timeline.load()
    await stage.world.settle()
    expect(pages).toBe(2)
    expect(stage.shown).toEqual([...said(1, 9), 'late'])
  })

  it('is shown where it widens, and where it came before it widened', async () => {
    const stage = await Stage.loaded(60)
    await stage.say('before')
    meanwhile.happens = () => stage.say('late')
    await stage.timeline.widen()
    await stage.world.settle()
    expect(stage.shown).toEqual([...said(1, 60), 'before', 'late'])
    await stage.timeline.widen()
    expect(stage.shown).toHaveLength(62)
  })

  it('is shown where the window goes down to the newest', async () => {
    const stage = await Stage.loaded(240, 239)
    expect(stage.timeline.hasNewer).toBe(true)
    const late = async (): Promise<void> => stage.say('late')
    while (stage.timeline.hasNewer) {
      meanwhile.happens = stage.shown.length > 200 ? late : null
      await stage.timeline.loadNewer()
      await stage.world.settle()
    }
    expect(stage.shown).toEqual([...said(1, 240), 'late'])
  })

  it('is shown where the window jumps to the newest', async () => {
    const stage = await Stage.loaded(240, 239)
    meanwhile.happens = () => stage.say('late')
    await stage.timeline.toLatest()
    await stage.world.settle()
    expect(stage.shown).toEqual([...said(191, 240), 'late'])
  })

  it('is shown while the server is asked for older ones', async () => {
    const stage = await Stage.make(1, 0, 300)
    await stage.timeline.load()
    await stage.timeline.widen()
    const before = stage.shown
    const { engine } = stage.tab
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const ask = engine.ask.bind(engine)
    const asked = vi.spyOn(engine, 'ask').mockImplementation((question) => held.then(() => ask(question)))
    const older = stage.timeline.loadOlder()
    await stage.world.settle()
    expect(asked).toHaveBeenCalledOnce()
    await stage.say('late')
    await stage.world.settle()
    expect(stage.shown).toEqual([...before, 'late'])
    release()
    await older
    expect(stage.shown.length).toBeGreaterThan(before.length + 1)
    expect(stage.shown.at(-1)).toBe('late')
  })
})

describe('a row that is not whole is mended', () => {
  const broken = { key: 0, body: 'nothing' } as never
  const damage = async ({ world }: Stage, body: string): Promise<number> => {
    const localId = (await world.messages()).find((message) => textOf(message) === body)?.localId ?? 0
    const row = await world.account.db.get('message', localId)
    await world.account.db.put('message', { ...row!, sealed: broken })
    return localId
  }
  const told = (stage: Stage) => vi.spyOn(stage.tab.engine, 'execute')

  it('where it changes', async () => {
    const stage = await Stage.loaded(3)
    const { world, id } = stage
    const execute = told(stage)
    const localId = await damage(stage, 'said 2')
    stage.timeline.apply([{ kind: 'message-changed', conversation: id, localId, place: { at: 0, rank: '' } }])
    await world.settle()
    expect(execute).toHaveBeenCalledExactlyOnceWith({ do: 'mend', localId })
    stage.tell()
    await world.settle()
    expect(stage.shown).toEqual(said(1, 3))
  })

  it('where everything is read again', async () => {
    const stage = await Stage.loaded(3)
    const execute = told(stage)
    const localId = await damage(stage, 'said 2')
    stage.timeline.apply(everything)
    await stage.world.settle()
    expect(execute).toHaveBeenCalledExactlyOnceWith({ do: 'mend', localId })
  })

  it('where the window goes down to it', async () => {
    const stage = await Stage.loaded(240, 239)
    const execute = told(stage)
    const localId = await damage(stage, 'said 200')
    await stage.timeline.loadNewer()
    expect(execute).toHaveBeenCalledExactlyOnceWith({ do: 'mend', localId })
  })
})

it('tells whoever opens it that it could not be read, and goes on', async () => {
  const stage = await Stage.make(1)
  meanwhile.happens = () => Promise.reject(new Error('no disk'))
  await expect(stage.timeline.load()).rejects.toThrow('no disk')
  expect(stage.timeline.isLoaded).toBe(false)
  await stage.timeline.load()
  expect(stage.shown).toEqual(['said 1'])
})
