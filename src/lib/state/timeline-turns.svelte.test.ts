/** What is committed between a window's look into the store and the laying out of what it found. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Reading from '#storage/read/message.ts'
import { said, WindowStage } from '../../../tests/flows/stage/window.ts'

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

describe('a message that is committed while the window reads', () => {
  it('is shown where the newest are read', async () => {
    const stage = await WindowStage.make(2)
    meanwhile.happens = () => stage.say('late')
    await stage.timeline.load()
    await stage.world.settle()
    expect(stage.shown).toEqual(['said 1', 'said 2', 'late'])
  })

  it('is shown where it opens at the first unread one', async () => {
    const stage = await WindowStage.make(9, 3)
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
    const stage = await WindowStage.loaded(60)
    await stage.say('before')
    meanwhile.happens = () => stage.say('late')
    await stage.timeline.widen()
    await stage.world.settle()
    expect(stage.shown).toEqual([...said(1, 60), 'before', 'late'])
    await stage.timeline.widen()
    expect(stage.shown).toHaveLength(62)
  })

  it('is shown where the window goes down to the newest', async () => {
    const stage = await WindowStage.loaded(240, 239)
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
    const stage = await WindowStage.loaded(240, 239)
    meanwhile.happens = () => stage.say('late')
    await stage.timeline.toLatest()
    await stage.world.settle()
    expect(stage.shown).toEqual([...said(191, 240), 'late'])
  })

  it('is shown while the server is asked for older ones', async () => {
    const stage = await WindowStage.make(1, 0, 300)
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

it('shows the end of what comes at once, and the rest when it is looked for', async () => {
  const stage = await WindowStage.loaded(10)
  stage.timeline.shows(true)
  await stage.say(...said(11, 110))
  expect(stage.shown).toEqual(said(61, 110))
  await stage.timeline.loadOlder()
  expect(stage.shown).toEqual(said(1, 110))
})

it('tells whoever opens it that it could not be read, and goes on', async () => {
  const stage = await WindowStage.make(1)
  meanwhile.happens = () => Promise.reject(new Error('no disk'))
  await expect(stage.timeline.load()).rejects.toThrow('no disk')
  expect(stage.timeline.isLoaded).toBe(false)
  await stage.timeline.load()
  expect(stage.shown).toEqual(['said 1'])
})
