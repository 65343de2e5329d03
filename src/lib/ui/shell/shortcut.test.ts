/** Key presses and what they ask for, on other layouts too; and a help that shows what works, no more and no less. */
import { expect, it } from 'vitest'
import {
  actionFor,
  appActionOf,
  appShortcuts,
  shownShortcuts,
  timelineShortcuts,
  writingShortcuts,
  type KeyLabel,
} from './shortcut.ts'

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
  expect(appActionOf(event)).toBe(action)
})

it.each([
  ['ArrowUp', {}, 'up'],
  ['ArrowDown', {}, 'down'],
  ['Home', {}, 'first'],
  ['End', {}, 'last'],
  ['Enter', {}, 'actions'],
  ['ContextMenu', {}, 'actions'],
  ['F10', { shiftKey: true }, 'actions'],
  ['Escape', {}, 'write'],
  ['PageUp', {}, null],
  ['a', {}, null],
  ['ArrowUp', { altKey: true }, null],
  ['F10', {}, null],
])('in the timeline %s with %o gives %s', (key, held, action) => {
  expect(actionFor(timelineShortcuts, press(key, held))).toBe(action)
})

/** The press that a way of the help describes. */
function pressOf(way: readonly KeyLabel[]): KeyboardEvent {
  const names: Partial<Record<KeyLabel, string>> = {
    '↑': 'ArrowUp',
    '↓': 'ArrowDown',
    'key.enter': 'Enter',
    'key.escape': 'Escape',
    K: 'k',
  }
  const key = way.at(-1) as KeyLabel
  return press(names[key] ?? key, {
    ctrlKey: way.includes('key.ctrl'),
    metaKey: way.includes('⌘'),
    altKey: way.includes('key.alt'),
    shiftKey: way.includes('key.shift'),
  })
}

it.each([true, false])('every way that the help shows does what it says, with Enter sending: %s', (isEnterSending) => {
  const tables = [appShortcuts, writingShortcuts(isEnterSending), timelineShortcuts]
  const shown = shownShortcuts(isEnterSending)
  for (const { label, ways } of shown) {
    expect(ways.length).toBeGreaterThan(0)
    for (const way of ways) {
      const done = tables.flatMap((table) => table.filter(({ action }) => actionFor(table, pressOf(way)) === action))
      expect(done.map((shortcut) => shortcut.label)).toContain(label)
    }
  }
  const known = new Set(tables.flatMap((table) => table.map(({ label }) => label)))
  expect(new Set(shown.map(({ label }) => label))).toEqual(known)
})

it('says once what several parts do alike', () => {
  const back = shownShortcuts(true).filter(({ label }) => label === 'shortcuts.back')
  expect(back).toEqual([{ label: 'shortcuts.back', ways: [['key.escape']] }])
})
