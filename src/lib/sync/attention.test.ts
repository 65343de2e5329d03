/** Who looks at what, from reports that come when they come: no tab is asked, and none is believed for ever. */
import { describe, expect, it } from 'vitest'
import type { Look } from '#model/attention.ts'
import { ManualClock } from '../../../tests/flows/stage/clock.ts'
import { Attention } from './attention.ts'

const nothing: Look = { isVisible: true, hasFocus: true, idle: 0, conversation: null, seen: null }
const minute = 60_000
const settle = () => Promise.resolve()

function stage() {
  const clock = new ManualClock()
  const seen: [string, number][] = []
  const looking: boolean[] = []
  const noted = { is: true }
  const attention = new Attention(clock, {
    seen: (conversation, localId) => {
      seen.push([conversation, localId])
      return Promise.resolve(noted.is)
    },
    looking: (isLooking) => looking.push(isLooking),
  })
  return { clock, seen, looking, noted, attention }
}

describe('what is seen', () => {
  it('is what a present person has before their eyes, told once', () => {
    const { seen, attention } = stage()
    attention.report('a', { ...nothing, conversation: 'c', seen: 5 })
    attention.report('a', { ...nothing, conversation: 'c', seen: 5 })
    attention.report('a', { ...nothing, conversation: 'c', seen: 6 })
    expect(seen).toEqual([
      ['c', 5],
      ['c', 6],
    ])
  })

  it.each([
    ['the window is behind another one', { hasFocus: false }],
    ['the page is hidden', { isVisible: false }],
    ['nobody has touched anything yet', { idle: null }],
    ['nobody has for minutes', { idle: 3 * minute }],
  ])('is nothing while %s', (_why, part) => {
    const { seen, attention } = stage()
    attention.report('a', { ...nothing, conversation: 'c', seen: 5, ...part })
    expect(seen).toEqual([])
    attention.report('a', { ...nothing, conversation: 'c', seen: 5 })
    expect(seen).toEqual([['c', 5]])
  })

  it('is tried again with the next sign of life where it could not be noted', async () => {
    const { seen, noted, attention } = stage()
    noted.is = false
    attention.report('a', { ...nothing, conversation: 'c', seen: 5 })
    await settle()
    await settle()
    noted.is = true
    attention.report('a', { ...nothing, conversation: 'c', seen: 5 })
    expect(seen).toHaveLength(2)
  })
})

describe('who is there', () => {
  it('is watched in the tab that has the focus, as long as it is touched', async () => {
    const { clock, attention } = stage()
    attention.report('a', { ...nothing, hasFocus: false, conversation: 'left' })
    attention.report('b', { ...nothing, conversation: 'right' })
    expect([attention.isWatched('left'), attention.isWatched('right')]).toEqual([false, true])
    await clock.advance(3 * minute, settle)
    expect([attention.isWatched('right'), attention.isPresent]).toEqual([false, false])
    attention.report('b', { ...nothing, conversation: 'right' })
    expect(attention.isPresent).toBe(true)
    attention.report('b', null)
    expect(attention.isPresent).toBe(false)
  })
})

describe('whether anybody looks', () => {
  it('ends a minute after the last tab was hidden, and begins at once', async () => {
    const { clock, looking, attention } = stage()
    attention.report('a', nothing)
    attention.report('b', nothing)
    attention.report('a', { ...nothing, isVisible: false })
    await clock.advance(2 * minute, settle)
    expect(looking).toEqual([])
    attention.report('b', null)
    await clock.advance(minute - 1, settle)
    expect(looking).toEqual([])
    await clock.advance(1, settle)
    expect(looking).toEqual([false])
    attention.report('a', nothing)
    expect(looking).toEqual([false, true])
  })

  it('does not end for one who is back within the minute, however often hidden tabs report', async () => {
    const { clock, looking, attention } = stage()
    attention.report('a', { ...nothing, isVisible: false })
    await clock.advance(50_000, settle)
    attention.report('b', { ...nothing, isVisible: false })
    await clock.advance(9_000, settle)
    attention.report('a', nothing)
    await clock.advance(2 * minute, settle)
    expect(looking).toEqual([])
  })

  it('ends where a tab fell silent without a word, and not before that is sure', async () => {
    const { clock, looking, attention } = stage()
    attention.report('a', nothing)
    await clock.advance(2 * minute, settle)
    attention.report('a', nothing)
    await clock.advance(4 * minute - 1, settle)
    expect(looking).toEqual([])
    await clock.advance(minute + 1, settle)
    expect(looking).toEqual([false])
  })

  it('ends where nobody ever reports', async () => {
    const { clock, looking } = stage()
    await clock.advance(minute, settle)
    expect(looking).toEqual([false])
  })

  it('is nobody’s business any more after the lead was lost', async () => {
    const { clock, looking, attention } = stage()
    attention.stop()
    await clock.advance(10 * minute, settle)
    expect(looking).toEqual([])
  })
})
