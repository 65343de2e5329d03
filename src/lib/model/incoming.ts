/**
 * A message as the wire hands it to the engine: opened, checked and read, not yet placed.
 * Everything in it was said by someone who had the right to say it (xmpp/forwarded.ts).
 */
import type { Failure } from './failure.ts'
import type { BareJid } from './jid.ts'
import type { MessageContent, Via } from './message.ts'

export interface IncomingMessage {
  /** The address of the conversation: the other side, whoever sent it. */
  readonly peer: BareJid
  readonly isOwn: boolean
  readonly senderJid: BareJid
  readonly senderResource: string | null
  readonly via: Via
  /** Stamp of the archive or of a delay by our own server, ms since the epoch; null: live, no stamp. */
  readonly stamp: number | null
  readonly messageId: string | null
  readonly originId: string | null
  /** Id in the archive `by`; null where unknown. */
  readonly archiveId: string | null
  readonly by: BareJid | null
  readonly content: MessageContent
  readonly encryption: { readonly scheme: string; readonly trust: string | null } | null
  readonly wantsReceipt: boolean
  /** Its sender asks to be told when it was read. */
  readonly wantsDisplayed: boolean
}

/** Why the gate left a stanza alone. */
export type Refusal =
  | 'archive-result-not-asked-for'
  | 'carbon-not-from-our-account'
  | 'displayed-not-from-our-account'
  | 'error-without-address'
  | 'message-without-content'
  | 'presence-of-no-concern'
  | 'question-of-nobody'
  | 'roster-push-of-a-stranger'

/** How far a conversation was read on one of our devices: id of that message in our own archive. */
export interface Displayed {
  readonly peer: BareJid
  readonly archiveId: string
}

/** Our own message came back as undeliverable (RFC 6120 section 8.3). */
export interface Bounce {
  readonly peer: BareJid
  readonly messageId: string
  readonly failure: Failure
}
