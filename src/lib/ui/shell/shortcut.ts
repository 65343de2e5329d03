/**
 * The keyboard shortcuts of the app, the composer and the timeline: one table for what is pressed, what it does and what
 * the help dialog says. What an action means is left to whoever has the focus.
 */
import type { MessageKey } from '#i18n/keys.ts'

/** A key as the help shows it: a name from the catalogue, or a sign that needs no translation. */
export type KeyLabel = Extract<MessageKey, `key.${string}`> | '↑' | '↓' | 'K' | '/' | '⌘' | 'F10' | 'Home' | 'End'

/** The part of a KeyboardEvent that decides. */
export type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> & { code?: string }

type Key = keyof typeof keys

/** Keys by `KeyboardEvent.key`: by position as well, where a Cyrillic or Arabic layout types another letter; null: not on every keyboard, so not shown. */
const keys = {
  k: { code: 'KeyK', label: 'K' },
  '/': { code: 'Slash', label: '/' },
  Escape: { code: null, label: 'key.escape' },
  Enter: { code: null, label: 'key.enter' },
  ArrowUp: { code: null, label: '↑' },
  ArrowDown: { code: null, label: '↓' },
  Home: { code: null, label: 'Home' },
  End: { code: null, label: 'End' },
  F10: { code: null, label: 'F10' },
  ContextMenu: { code: null, label: null },
} as const satisfies Record<string, { code: string | null; label: KeyLabel | null }>

/** Keys pressed together. `command` is Ctrl or ⌘; no other modifier may be down. */
interface Chord {
  readonly key: Key
  readonly held?: 'command' | 'alt' | 'shift'
}

interface Shortcut<Action extends string> {
  readonly action: Action
  readonly label: MessageKey
  readonly chords: readonly Chord[]
}

type AppAction = 'find' | 'previous' | 'next' | 'back' | 'help'
type WritingAction = 'send' | 'newLine'
type TimelineAction = 'up' | 'down' | 'first' | 'last' | 'actions' | 'write'

export const appShortcuts: readonly Shortcut<AppAction>[] = [
  { action: 'find', label: 'shortcuts.find', chords: [{ key: 'k', held: 'command' }] },
  { action: 'previous', label: 'shortcuts.previous', chords: [{ key: 'ArrowUp', held: 'alt' }] },
  { action: 'next', label: 'shortcuts.next', chords: [{ key: 'ArrowDown', held: 'alt' }] },
  { action: 'back', label: 'shortcuts.back', chords: [{ key: 'Escape' }] },
  { action: 'help', label: 'shortcuts.help', chords: [{ key: '/', held: 'command' }] },
]

const commandEnter: Chord = { key: 'Enter', held: 'command' }

/** In the message field, as the person set it. A new line is the browser's own business. */
export function writingShortcuts(isEnterSending: boolean): readonly Shortcut<WritingAction>[] {
  return [
    {
      action: 'send',
      label: 'shortcuts.send',
      chords: isEnterSending ? [{ key: 'Enter' }, commandEnter] : [commandEnter],
    },
    {
      action: 'newLine',
      label: 'shortcuts.newLine',
      chords: [isEnterSending ? { key: 'Enter', held: 'shift' } : { key: 'Enter' }],
    },
  ]
}

export const timelineShortcuts: readonly Shortcut<TimelineAction>[] = [
  { action: 'up', label: 'shortcuts.messages', chords: [{ key: 'ArrowUp' }] },
  { action: 'down', label: 'shortcuts.messages', chords: [{ key: 'ArrowDown' }] },
  { action: 'first', label: 'shortcuts.ends', chords: [{ key: 'Home' }] },
  { action: 'last', label: 'shortcuts.ends', chords: [{ key: 'End' }] },
  {
    action: 'actions',
    label: 'message.actions',
    chords: [{ key: 'Enter' }, { key: 'ContextMenu' }, { key: 'F10', held: 'shift' }],
  },
  { action: 'write', label: 'shortcuts.back', chords: [{ key: 'Escape' }] },
]

/** The action of `table` that these keys ask for; null: none of its. */
export function actionFor<Action extends string>(table: readonly Shortcut<Action>[], press: Press): Action | null {
  return table.find(({ chords }) => chords.some((chord) => isPressed(chord, press)))?.action ?? null
}

function isPressed({ key, held }: Chord, press: Press): boolean {
  const { code } = keys[key]
  const isKey = press.key.toLowerCase() === key.toLowerCase() || (code !== null && press.code === code)
  const hasCommand = press.ctrlKey || press.metaKey
  return (
    isKey &&
    hasCommand === (held === 'command') &&
    press.altKey === (held === 'alt') &&
    press.shiftKey === (held === 'shift')
  )
}

/** What the app is asked for with this key press; null: nothing, or somebody nearer has used it. */
export function appActionOf(event: KeyboardEvent): AppAction | null {
  return event.defaultPrevented || event.isComposing ? null : actionFor(appShortcuts, event)
}

export type AppActions = Readonly<Record<AppAction, () => boolean>>

/** One line of the help. */
export interface ShownShortcut {
  readonly label: MessageKey
  /** Keys pressed together; several ways are several lists. */
  readonly ways: readonly (readonly KeyLabel[])[]
}

/** All tables as the help shows them: what has the same label stands on one line, each way once. */
export function shownShortcuts(isEnterSending: boolean): readonly ShownShortcut[] {
  const lines = new Map<MessageKey, Map<string, readonly KeyLabel[]>>()
  for (const { label, chords } of [...appShortcuts, ...writingShortcuts(isEnterSending), ...timelineShortcuts]) {
    const ways = lines.get(label) ?? new Map<string, readonly KeyLabel[]>()
    for (const way of chords.flatMap(waysOf)) ways.set(way.join(), way)
    lines.set(label, ways)
  }
  return [...lines].map(([label, ways]) => ({ label, ways: [...ways.values()] }))
}

function waysOf({ key, held }: Chord): (readonly KeyLabel[])[] {
  const { label } = keys[key]
  if (label === null) return []
  if (held === 'command')
    return [
      ['key.ctrl', label],
      ['⌘', label],
    ]
  return [held === undefined ? [label] : [`key.${held}`, label]]
}
