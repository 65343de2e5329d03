import { expect, test } from 'vitest'
import { endSlack, firstBelow, gapBelow, isAtEnd, revealShift, shiftOf, wanted } from './anchor.ts'

test('the end is within its slack, and a rubber band is no negative gap', () => {
  const metrics = { scrollHeight: 1000, clientHeight: 400, scrollTop: 600 - endSlack }
  expect(isAtEnd(metrics)).toBe(true)
  expect(isAtEnd({ ...metrics, scrollTop: 600 - endSlack - 1 })).toBe(false)
  expect(gapBelow({ ...metrics, scrollTop: 620 })).toBe(0)
})

test('the first row in sight is found, whatever the heights', () => {
  const bottoms = [10, 60, 61, 300, 301]
  const bottomOf = (index: number) => bottoms[index]!
  expect(firstBelow(5, bottomOf, 0)).toBe(0)
  expect(firstBelow(5, bottomOf, 10)).toBe(1)
  expect(firstBelow(5, bottomOf, 200)).toBe(3)
  expect(firstBelow(5, bottomOf, 301)).toBe(5)
  expect(firstBelow(0, bottomOf, 0)).toBe(0)
})

test('the first mark that is left decides how far to move', () => {
  const marks = [
    { key: 'a', top: -5 },
    { key: 'b', top: 40 },
  ]
  expect(shiftOf(marks, (key) => (key === 'a' ? 2995 : 3040))).toBe(3000)
  expect(shiftOf(marks, (key) => (key === 'b' ? 10 : undefined))).toBe(-30)
  expect(shiftOf(marks, () => undefined)).toBeNull()
})

test('a row is brought into sight by the shortest way; a tall one is shown from its beginning', () => {
  expect(revealShift(100, 150, 400, 44)).toBe(0)
  expect(revealShift(10, 60, 400, 44)).toBe(-34)
  expect(revealShift(380, 430, 400, 44)).toBe(74)
  expect(revealShift(200, 900, 400, 44)).toBe(156)
})

test('more is wanted near the borders', () => {
  expect(wanted({ scrollHeight: 9000, clientHeight: 500, scrollTop: 4000 })).toEqual({ older: false, newer: false })
  expect(wanted({ scrollHeight: 9000, clientHeight: 500, scrollTop: 599 })).toEqual({ older: true, newer: false })
  expect(wanted({ scrollHeight: 9000, clientHeight: 500, scrollTop: 7950 })).toEqual({ older: false, newer: true })
})
