/** Key presses and what they ask for, on other layouts too. */
import { expect, it } from 'vitest'
import { actionOf, shortcuts } from './shortcut.ts'

function press(key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false }
  return { key, code: '', defaultPrevented: false, ...none, ...more } as KeyboardEvent
}

it.each([
  [press('k', { ctrlKey: true }), 'find'],
  [press('k', { metaKey: true }), 'find'],
  [press('к', { ctrlKey: true, code: 'KeyK' }), 'find'],
  [press('ArrowUp', { altKey: true }), 'previous'],
  [press('ArrowDown', { altKey: true }), 'next'],
  [press('Escape'), 'back'],
  [press('/', { ctrlKey: true }), 'help'],
  [press('k'), null],
  [press('ArrowUp'), null],
  [press('k', { ctrlKey: true, altKey: true }), null],
  [press('Escape', { defaultPrevented: true }), null],
  [press('Escape', { isComposing: true }), null],
])('%# gives %s', (event, action) => {
  expect(actionOf(event)).toBe(action)
})

it('shows every shortcut it knows', () => {
  expect(shortcuts.every((shortcut) => shortcut.ways.length > 0)).toBe(true)
  expect(new Set(shortcuts.map((shortcut) => shortcut.action)).size).toBe(shortcuts.length)
})
