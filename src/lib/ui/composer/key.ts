/** What a key in the message field asks for. Pure, so that every case of input methods and settings is tested. */
import { actionFor, writingShortcuts, type Press } from '../shell/shortcut.ts'

export interface KeyPress extends Press {
  readonly keyCode: number
  readonly isComposing: boolean
}

/** While an input method composes, Enter chooses a word; Safari says so with key code 229 alone. */
const composing = 229

/** `type`: the browser's own business. */
export function intentOf(press: KeyPress, enterSends: boolean): 'send' | 'type' {
  if (press.isComposing || press.keyCode === composing) return 'type'
  return actionFor(writingShortcuts(enterSends), press) === 'send' ? 'send' : 'type'
}
