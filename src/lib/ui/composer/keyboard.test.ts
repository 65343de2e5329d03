import { expect, test } from 'vitest'
import { coveredHeight } from './keyboard.ts'

test('what the view lacks at its lower end is covered', () => {
  expect(coveredHeight(800, { height: 500, offsetTop: 0, scale: 1 })).toBe(300)
  expect(coveredHeight(800, { height: 500, offsetTop: 100, scale: 1 })).toBe(200)
})

test('neither the bars of a browser nor zooming in are a keyboard', () => {
  expect(coveredHeight(800, { height: 750, offsetTop: 0, scale: 1 })).toBe(0)
  expect(coveredHeight(800, { height: 400, offsetTop: 0, scale: 2 })).toBe(0)
})
