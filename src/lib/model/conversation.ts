/** What a conversation is, as the list shows it: a chat with one address (rooms come later with the same shape). */
import type { BareJid } from './jid.ts'
import type { ConversationId, DeliveryStatus, LocalId, Place } from './message.ts'

/** The newest shown message of a conversation, as one line. */
export interface LastLine extends Place {
  readonly localId: LocalId
  readonly isOwn: boolean
  readonly kind: 'text' | 'sealed' | 'unreadable'
  /** At most 200 characters of the body; empty where there is none. */
  readonly text: string
  readonly status: DeliveryStatus | null
}

/** How far somebody has read: the person, here or on another device, or the other side. */
export interface ReadPosition extends Place {
  readonly localId: LocalId
}

export interface Conversation {
  readonly id: ConversationId
  readonly jid: BareJid
  readonly kind: 'chat'
  readonly last: LastLine | null
  /** How far the person has read; moves only forward. */
  readonly read: ReadPosition | null
  /** How far the other side says it has read; moves only forward, or with the message it names. */
  readonly theirRead: ReadPosition | null
  readonly unread: number
  readonly draft: string
  /** ms since the epoch at which the draft was typed; the newest wins. */
  readonly draftAt: number
  /** Orders the list where there is no message yet. */
  readonly createdAt: number
}
