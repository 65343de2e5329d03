import { expect, it } from 'vitest'
import { Tally } from './tally.ts'

it('goes on where it was after a cut, also where the archive counts only what is left', () => {
  const tally = new Tally()
  expect(tally.page(250, 1_000)).toEqual([250, 1_000])
  expect(tally.page(250, 1_000)).toEqual([500, 1_000])
  expect(tally.page(250, 500)).toEqual([750, 1_000])
  expect(tally.page(300, 500)).toEqual([1_050, 1_050])
  tally.end()
  expect(tally.page(10, 20)).toEqual([10, 20])
})

it('has no total where the archive does not count', () => {
  const tally = new Tally()
  expect(tally.page(250, null)).toEqual([250, null])
})
