/** The keyboard shortcuts of the whole app: one table for what is pressed, what it does and what the help dialog says. */
import type { MessageKey } from '#i18n/keys.ts'

export type ShortcutAction = 'find' | 'previous' | 'next' | 'back' | 'help'

/** A key as the help shows it: a name from the catalogue, or a sign that needs no translation. */
export type KeyLabel = Extract<MessageKey, `key.${string}`> | '↑' | '↓' | 'K' | '/' | '⌘' | 'Home' | 'End'

interface ShownShortcut {
  readonly label: MessageKey
  /** Keys pressed together; several ways are several lists. */
  readonly ways: readonly (readonly KeyLabel[])[]
}

interface Shortcut extends ShownShortcut {
  readonly action: ShortcutAction
  matches(event: KeyboardEvent): boolean
}

function isCommand(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
}

function isAlt(event: KeyboardEvent): boolean {
  return event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey
}

export const shortcuts: readonly Shortcut[] = [
  {
    action: 'find',
    label: 'shortcuts.find',
    ways: [
      ['key.ctrl', 'K'],
      ['⌘', 'K'],
    ],
    // By position as well: on a Cyrillic or Arabic layout the key types another letter.
    matches: (event) => isCommand(event) && (event.key.toLowerCase() === 'k' || event.code === 'KeyK'),
  },
  {
    action: 'previous',
    label: 'shortcuts.previous',
    ways: [['key.alt', '↑']],
    matches: (event) => isAlt(event) && event.key === 'ArrowUp',
  },
  {
    action: 'next',
    label: 'shortcuts.next',
    ways: [['key.alt', '↓']],
    matches: (event) => isAlt(event) && event.key === 'ArrowDown',
  },
  {
    action: 'back',
    label: 'shortcuts.back',
    ways: [['key.escape']],
    matches: (event) => event.key === 'Escape' && !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey,
  },
  {
    action: 'help',
    label: 'shortcuts.help',
    ways: [
      ['key.ctrl', '/'],
      ['⌘', '/'],
    ],
    matches: (event) => isCommand(event) && (event.key === '/' || event.code === 'Slash'),
  },
]

/** Keys that a focused part of the page uses itself (composer, timeline), for the help. */
export function otherShortcuts(isEnterSending: boolean): readonly ShownShortcut[] {
  return [
    { label: 'shortcuts.send', ways: isEnterSending ? [['key.enter']] : [['key.ctrl', 'key.enter']] },
    { label: 'shortcuts.newLine', ways: isEnterSending ? [['key.shift', 'key.enter']] : [['key.enter']] },
    { label: 'shortcuts.messages', ways: [['↑'], ['↓']] },
    { label: 'shortcuts.ends', ways: [['Home'], ['End']] },
  ]
}

/** What the person asked for with this key press; null: nothing of ours, or somebody nearer has used it. */
export function actionOf(event: KeyboardEvent): ShortcutAction | null {
  if (event.defaultPrevented || event.isComposing) return null
  return shortcuts.find((shortcut) => shortcut.matches(event))?.action ?? null
}
