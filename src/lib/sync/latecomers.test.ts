import { expect, it } from 'vitest'
import { Latecomers } from './latecomers.ts'

const minute = 60_000

/** Where it looks at `at` (monotonic ms), each as [start, end]. */
function scene() {
  let now = 0
  const clock = { now: () => now, monotonic: () => now, after: () => () => undefined, every: () => () => undefined }
  const latecomers = new Latecomers(clock)
  const look = async (at: number, fails = false): Promise<[number, number | null][]> => {
    now = at
    const seen: [number, number | null][] = []
    const done = latecomers.look((start, end) => {
      seen.push([start, end])
      return fails ? Promise.reject(new Error('no answer')) : Promise.resolve()
    })
    await done.catch(() => undefined)
    return seen
  }
  const expectAt = (at: number, began: number, end: number): void => {
    now = at
    latecomers.expect(began, end)
  }
  return { latecomers, look, expectAt }
}

it('looks once where several sessions that were lost expect the same', async () => {
  const { look, expectAt, latecomers } = scene()
  for (const second of [0, 1, 2]) expectAt(second * 1_000, 0, 10 * minute + second * 1_000)
  expect(await look(minute)).toEqual([[10 * minute - 30_000, null]])
  expect(latecomers.wait).toBeNull()
})

it('looks at stretches that are apart one after the other, the older first', async () => {
  const { look, expectAt } = scene()
  expectAt(0, 0, 50 * minute)
  expectAt(0, 10 * minute, 0)
  expect(await look(1)).toEqual([
    [10 * minute - 10_000, 10 * minute],
    [50 * minute - 10_000, 50 * minute],
  ])
  expect(await look(minute)).toEqual([[50 * minute - 30_000, null]])
})

it('looks again where it could not', async () => {
  const { look, expectAt, latecomers } = scene()
  expectAt(0, 10 * minute, 0)
  expect(await look(1, true)).toHaveLength(1)
  expect(latecomers.wait).toBe(0)
  expect(await look(2)).toEqual([[10 * minute - 10_000, 10 * minute]])
})
