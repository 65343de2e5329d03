import { expect, test } from 'vitest'
import { intentOf, type KeyPress } from './key.ts'

const enter: KeyPress = {
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
}

test('Enter sends and Shift+Enter breaks, or the other way round with Ctrl', () => {
  expect(intentOf(enter, true)).toBe('send')
  expect(intentOf({ ...enter, shiftKey: true }, true)).toBe('type')
  expect(intentOf(enter, false)).toBe('type')
  expect(intentOf({ ...enter, ctrlKey: true }, false)).toBe('send')
  expect(intentOf({ ...enter, metaKey: true }, false)).toBe('send')
})

test('an input method that composes keeps its Enter, in every browser', () => {
  expect(intentOf({ ...enter, isComposing: true }, true)).toBe('type')
  expect(intentOf({ ...enter, keyCode: 229 }, true)).toBe('type')
  expect(intentOf({ ...enter, isComposing: true, ctrlKey: true }, false)).toBe('type')
})

test('other keys are typed', () => {
  expect(intentOf({ ...enter, key: 'a', keyCode: 65 }, true)).toBe('type')
})
