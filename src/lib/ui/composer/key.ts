/** What a key in the message field asks for. Pure, so that every case of input methods and settings is tested. */

export interface KeyPress {
  readonly key: string
  readonly keyCode: number
  readonly isComposing: boolean
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** While an input method composes, Enter chooses a word; Safari says so with key code 229 alone. */
const composing = 229

/** `type`: the browser's own business. */
export function intentOf(press: KeyPress, enterSends: boolean): 'send' | 'type' {
  if (press.key !== 'Enter' || press.isComposing || press.keyCode === composing) return 'type'
  if (press.altKey || press.shiftKey) return 'type'
  return enterSends || press.ctrlKey || press.metaKey ? 'send' : 'type'
}
