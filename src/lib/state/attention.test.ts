/** What a tab tells: at each turn of the page, again while it can be seen, and never by a timer of a hidden page. */
import { expect, it } from 'vitest'
import type { Look } from '#model/attention.ts'
import { ManualClock } from '../../../tests/flows/stage/clock.ts'
import { Attention } from './attention.ts'

function stage() {
  const clock = new ManualClock()
  const told: Look[] = []
  const page = { isVisible: true, hasFocus: true, idle: 0 as number | null }
  let turn: () => void = () => undefined
  const attention = new Attention(
    { look: () => ({ ...page }), onChange: (fn) => ((turn = fn), () => (turn = () => undefined)) },
    clock,
    (look) => told.push(look),
  )
  attention.start()
  const change = (part: Partial<typeof page>): void => {
    Object.assign(page, part)
    turn()
  }
  return { clock, told, attention, change }
}

const settle = () => Promise.resolve()

it('tells what is on screen when it changes, and each thing once', () => {
  const { told, attention } = stage()
  attention.shows('c', null)
  attention.shows('c', 7)
  attention.shows('c', 7)
  expect(told.map(({ conversation, seen }) => [conversation, seen])).toEqual([
    [null, null],
    ['c', null],
    ['c', 7],
  ])
})

it('tells again while it is visible, and sets no timer while it is hidden', async () => {
  const { clock, told, change } = stage()
  await clock.advance(5 * 60_000, settle)
  expect(told).toHaveLength(3)
  change({ isVisible: false })
  expect(told.at(-1)).toMatchObject({ isVisible: false })
  await clock.advance(60 * 60_000, settle)
  expect(told).toHaveLength(4)
  change({ isVisible: true })
  expect(told).toHaveLength(5)
})

it('is silent once it has stopped', async () => {
  const { clock, told, attention, change } = stage()
  attention.stop()
  change({ hasFocus: false })
  await clock.advance(60 * 60_000, settle)
  expect(told).toHaveLength(1)
})
