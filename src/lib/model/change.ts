/** What a committed transaction changed: keys only, so that it is cheap to broadcast; whoever shows it reads the row. */
import type { ConversationId, LocalId, Place } from './message.ts'

export type Change =
  /** A message was stored; `place` is where it stands. isNews: arrived now, not history. */
  | {
      readonly kind: 'message-stored'
      readonly conversation: ConversationId
      readonly localId: LocalId
      readonly place: Place
      readonly isOwn: boolean
      readonly isNews: boolean
    }
  /** Its state, place or content changed. */
  | {
      readonly kind: 'message-changed'
      readonly conversation: ConversationId
      readonly localId: LocalId
      readonly place: Place
    }
  | { readonly kind: 'message-removed'; readonly conversation: ConversationId; readonly localId: LocalId }
  /** Its row in the list: last line, unread, read position, draft. */
  | { readonly kind: 'conversation'; readonly id: ConversationId }
  | { readonly kind: 'roster' }
  | { readonly kind: 'presence' }
  | { readonly kind: 'subscription' }
  | { readonly kind: 'coverage' }
  /** A draft was written; the tab that typed it ignores its own. `tab` empty: it was sent. */
  | { readonly kind: 'draft'; readonly id: ConversationId; readonly tab: string }
  | { readonly kind: 'setting' }
  /** Anything may have changed: another tab leads, and the last words of the one before may be lost. */
  | { readonly kind: 'everything' }
