/** A window on the store: told nothing for a while and then to look again, given more than it holds, on rows that are not whole. */
import { describe, expect, it, vi } from 'vitest'
import type { Change } from '#model/change.ts'
import { textOf } from '#model/message.ts'
import { said, WindowStage } from '../../../tests/flows/stage/window.ts'

const everything: Change[] = [{ kind: 'everything' }]

it('shows what was stored meanwhile, each message once', async () => {
  const stage = await WindowStage.loaded(1)
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

describe('a row that is not whole is mended', () => {
  const broken = { key: 0, body: 'nothing' } as never
  const damage = async ({ world }: WindowStage, body: string): Promise<number> => {
    const localId = (await world.messages()).find((message) => textOf(message) === body)?.localId ?? 0
    const row = await world.account.db.get('message', localId)
    await world.account.db.put('message', { ...row!, sealed: broken })
    return localId
  }
  const told = (stage: WindowStage) => vi.spyOn(stage.tab.engine, 'execute')

  it('where it changes', async () => {
    const stage = await WindowStage.loaded(3)
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
    const stage = await WindowStage.loaded(3)
    const execute = told(stage)
    const localId = await damage(stage, 'said 2')
    stage.timeline.apply(everything)
    await stage.world.settle()
    expect(execute).toHaveBeenCalledExactlyOnceWith({ do: 'mend', localId })
  })

  it('where the window goes down to it', async () => {
    const stage = await WindowStage.loaded(240, 239)
    const execute = told(stage)
    const localId = await damage(stage, 'said 200')
    await stage.timeline.loadNewer()
    expect(execute).toHaveBeenCalledExactlyOnceWith({ do: 'mend', localId })
  })
})

describe('where so much comes that the window cannot hold it', () => {
  const more = Array.from({ length: 320 }, (_, at) => `more ${at + 1}`)
  const ways: readonly [string, (stage: WindowStage) => Promise<void>][] = [
    ['each told', (stage) => stage.say(...more)],
    [
      'found by looking again',
      async (stage) => {
        for (const body of more) stage.world.server.say({ body })
        await stage.world.settle()
        stage.timeline.apply(everything)
        await stage.world.settle()
      },
    ],
  ]

  it.each(ways)('what is read further up stays: %s', async (_, come) => {
    const stage = await WindowStage.loaded(60)
    await stage.timeline.widen()
    stage.timeline.shows(false)
    await come(stage)
    expect(stage.shown.slice(0, 60)).toEqual(said(1, 60))
    expect(stage.shown.length).toBeLessThanOrEqual(300)
    expect(stage.timeline.hasNewer).toBe(true)
    const walked = stage.shown
    while (stage.timeline.hasNewer) {
      await stage.timeline.loadNewer()
      walked.push(...stage.shown.slice(stage.shown.indexOf(walked.at(-1)!) + 1))
    }
    expect(walked).toEqual([...said(1, 60), ...more])
  })

  it.each(ways)('the end is followed: %s', async (_, come) => {
    const stage = await WindowStage.loaded(60)
    stage.timeline.shows(true)
    await come(stage)
    expect(stage.shown.at(-1)).toBe('more 320')
    expect(stage.timeline.hasNewer).toBe(false)
    expect(stage.timeline.hasOlder).toBe(true)
  })

  it.each(ways)('the end is followed before anything is drawn: %s', async (_, come) => {
    const stage = await WindowStage.loaded(60)
    await come(stage)
    expect(stage.shown.at(-1)).toBe('more 320')
  })

  it('the end is followed where the person just asked for it', async () => {
    const stage = await WindowStage.loaded(60)
    stage.timeline.shows(false)
    await stage.timeline.toLatest()
    await stage.say(...more)
    expect(stage.shown.at(-1)).toBe('more 320')
  })
})

describe('a row whose place moved before the window was told of it stands once', () => {
  const move = async ({ world }: WindowStage, body: string, behind: string): Promise<void> => {
    const messages = await world.messages()
    const [moved, before] = [body, behind].map((text) => messages.find((message) => textOf(message) === text)!)
    const row = (await world.account.db.get('message', moved!.localId))!
    const { at } = before!
    const rank = `${before!.rank}5`
    await world.account.db.put('message', { ...row, at, rank, place: [row.conversation, 0, at, rank] })
  }

  it('where everything is read again', async () => {
    const stage = await WindowStage.loaded(3)
    await move(stage, 'said 1', 'said 2')
    stage.timeline.apply(everything)
    await stage.world.settle()
    expect(stage.shown).toEqual(['said 2', 'said 1', 'said 3'])
  })

  it('where the window goes down', async () => {
    const stage = await WindowStage.loaded(240, 239)
    const newest = stage.shown.at(-1)!
    await move(stage, newest, 'said 230')
    await stage.timeline.loadNewer()
    expect(stage.shown.filter((body) => body === newest)).toHaveLength(1)
    expect(new Set(stage.shown).size).toBe(stage.shown.length)
  })
})
