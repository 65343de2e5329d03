/**
 * What a message is: its parts, its identity, its place and what became of it.
 * Only shapes and small pure questions; who computes each fact is told in docs/storage.md.
 */
import type { BareJid } from './jid.ts'
import type { Failure } from './failure.ts'

/** Our own key of a message; never changes, means nothing outside this database. */
export type LocalId = number
/** Our own opaque key of a conversation; it appears in addresses instead of a JID. */
export type ConversationId = string

/** How a copy of a message reached us; `here` was written on this device. */
export type Via = 'live' | 'carbon' | 'archive' | 'here'

/**
 * One thing a message stanza says. What is not understood stays in `raw` of the row, so that a later version can read it.
 * `sealed`: end-to-end encrypted, not opened yet. `unreadable`: the message could not be stored as it came; `kept` is what
 * was read of it, as JSON, where at least that could be kept, `why` is for developers.
 */
export type Part =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'marker'; readonly marker: 'received' | 'displayed'; readonly of: string }
  | { readonly kind: 'sealed'; readonly scheme: string }
  | { readonly kind: 'unreadable'; readonly why: string; readonly kept: string | null }

export type DeliveryStatus =
  /** stored, never on the wire */
  | 'queued'
  /** on the wire, nobody has confirmed it */
  | 'sending'
  /** the connection ended before the server confirmed, and nothing can tell any more */
  | 'uncertain'
  /** the server has it (acknowledged, resumed or found in the archive) */
  | 'sent'
  | 'delivered'
  | 'displayed'
  | 'failed'

export interface Delivery {
  readonly status: DeliveryStatus
  /** Client time in ms since the epoch at which each state was reached. */
  readonly times: Partial<Record<DeliveryStatus, number>>
  readonly failure: Failure | null
  /** How often it came back to be tried later, since the person last sent it; absent: never. */
  readonly returns?: number
}

/** Where a message stands in its conversation: ms since the epoch by the archive's or server's clock, then a fractional key. */
export interface Place {
  readonly at: number
  readonly rank: string
}

/** What may be sealed by the account's store key: everything people wrote. */
export interface MessageContent {
  readonly parts: readonly Part[]
  /** XML of the child elements that were not understood; null where there were none. */
  readonly raw: string | null
}

/** A message as screens get it: opened, placed, with nothing of the wire but identifiers. */
export interface Message extends MessageContent, Place {
  readonly localId: LocalId
  readonly conversation: ConversationId
  readonly isOwn: boolean
  readonly senderJid: BareJid
  readonly senderResource: string | null
  readonly via: Via
  readonly isPending: boolean
  /** As said by the sender or a trusted delay, ms since the epoch; for showing, never for ordering. */
  readonly sentAt: number
  readonly originId: string | null
  readonly messageId: string | null
  readonly archiveId: string | null
  readonly encryption: { readonly scheme: string; readonly trust: string | null } | null
  /** null: not ours. */
  readonly delivery: Delivery | null
}

/** The text a person reads; null where the message has none (sealed, or only a mark). */
export function textOf(content: MessageContent): string | null {
  for (const part of content.parts) if (part.kind === 'text') return part.body
  return null
}

/** True where a message takes a line in the timeline: text, or something that says text may be behind it. */
export function isShown(content: MessageContent): boolean {
  return content.parts.some((part) => part.kind !== 'marker')
}

/** Order of two places; negative where a stands before b. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.at !== b.at) return a.at - b.at
  return a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0
}

/**
 * What is told of a message of ours that stands at `place`: its status, or that the other side has read so far, which is one
 * position of the conversation and says it of all before it.
 */
export function statusShown(
  status: DeliveryStatus | null,
  place: Place,
  theirRead: Place | null,
): DeliveryStatus | null {
  if (theirRead === null || (status !== 'sent' && status !== 'delivered')) return status
  return comparePlaces(place, theirRead) <= 0 ? 'displayed' : status
}

const order: readonly DeliveryStatus[] = ['failed', 'queued', 'sending', 'uncertain', 'sent', 'delivered', 'displayed']

/** True where `to` is news after `from`: a delivery state never goes backwards once the server has the message. */
export function isForward(from: DeliveryStatus, to: DeliveryStatus): boolean {
  const sent = order.indexOf('sent')
  if (order.indexOf(from) < sent) return from !== to
  return order.indexOf(to) > order.indexOf(from)
}
