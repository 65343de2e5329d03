import { expect, test } from 'vitest'
import { moveTo, survivorOf } from './roving.ts'

const keys = ['a', 'b', 'c', 'd']

test('arrows move by one and stop at the ends', () => {
  expect(moveTo(keys, 'b', 'up')).toBe('a')
  expect(moveTo(keys, 'a', 'up')).toBe('a')
  expect(moveTo(keys, 'c', 'down')).toBe('d')
  expect(moveTo(keys, 'd', 'down')).toBe('d')
  expect(moveTo(keys, 'c', 'first')).toBe('a')
  expect(moveTo(keys, 'c', 'last')).toBe('d')
})

test('without a place of its own it starts at what is in sight, else at the newest', () => {
  expect(moveTo(keys, null, 'up', 'b')).toBe('b')
  expect(moveTo(keys, 'gone', 'down', 'b')).toBe('b')
  expect(moveTo(keys, null, 'up', 'gone')).toBe('d')
  expect(moveTo([], null, 'up')).toBeNull()
})

test('focus stays where it can, else goes to the nearest row that is left, newer first', () => {
  expect(survivorOf(keys, ['x', 'b'], 'b')).toBe('b')
  expect(survivorOf(keys, ['a', 'c'], 'b')).toBe('c')
  expect(survivorOf(keys, ['a'], 'd')).toBe('a')
  expect(survivorOf(keys, ['x', 'y'], 'b')).toBeNull()
  expect(survivorOf(keys, keys, 'never')).toBeNull()
})
