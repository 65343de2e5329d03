/** What a person looks at, told by each tab to whoever leads; the page's part of it is implemented by platform/attention.ts. */
import type { ConversationId, LocalId } from './message.ts'

export interface PageLook {
  readonly isVisible: boolean
  readonly hasFocus: boolean
  /** ms since the person last pressed, typed or moved here; null: not yet. */
  readonly idle: number | null
}

/** Plain data, so that it can be broadcast. */
export interface Look extends PageLook {
  /** The conversation on screen; null: none. */
  readonly conversation: ConversationId | null
  /** Its newest message, where that is in sight and not yet read; null: nothing new is seen. */
  readonly seen: LocalId | null
}

export interface Page {
  look(): PageLook
  /** fn runs when the page is shown, hidden, focused or left, and at signs of life, these at most every few seconds; the answer ends it. */
  onChange(fn: () => void): () => void
}

/** ms without a sign of life after which nobody is taken to be reading. */
export const presentFor = 3 * 60_000

/** A visible page tells again after this many ms; one that has been silent for twice as long is gone. */
export const tellEvery = 2 * 60_000
