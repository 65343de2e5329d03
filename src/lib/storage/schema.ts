/**
 * The rows of both databases, as docs/storage.md tells them table by table.
 * Shapes only: who writes each fact is written there.
 */
import type { DBSchema } from 'idb'
import type { BareJid, FullJid } from '#model/jid.ts'
import type { Availability, Subscription } from '#model/contact.ts'
import type { LastLine, ReadPosition } from '#model/conversation.ts'
import type { ConversationId, Delivery, LocalId, Place, Via } from '#model/message.ts'
import type { Sealed, StoreKeyRow } from '#vault/seal.ts'

/** Which account it is. Never in clear in the root database, whose files outlive the account. */
export interface AccountAddress {
  jid: BareJid
  /** The endpoint that last worked. */
  endpoint: string | null
}

export interface AccountRow {
  id: string
  /** Its AccountAddress, sealed by the account's own store key; null: it is being made, and nothing was proven yet. */
  sealed: Sealed | null
  /** The account's database lies in a storage bucket of its own. */
  hasBucket: boolean
  /** `leaving`: signing out was decided; everything of it must be wiped. */
  state: 'open' | 'leaving'
  createdAt: number
}

export interface SettingRow {
  name: string
  value: unknown
}

export interface RequestRow {
  id: string
  account: string
  /** The command, sealed by the account's own store key: when that is gone, what the disk still holds of it says nothing. */
  sealed: Sealed
  at: number
}

export interface RootSchema extends DBSchema {
  account: { key: string; value: AccountRow }
  setting: { key: string; value: SettingRow }
  request: { key: string; value: RequestRow; indexes: { account: [string, number] } }
}

export interface MetaRow {
  name: string
  value: unknown
}

export interface SecretRow {
  id: string
  sealed: Sealed
}

/** What of a conversation may be sealed. */
export interface ConversationContent {
  last: LastLine | null
  draft: string
}

export interface ConversationRow {
  id: ConversationId
  jid: BareJid
  kind: 'chat'
  read: ReadPosition | null
  /** The newest message of others that was seen: what `read` never stands before, wherever words of ours are moved. */
  seen?: ReadPosition | null
  /** How far the other side has told us that it read (XEP-0333). */
  theirRead?: ReadPosition | null
  /** `messageId` of the message up to which the other side is to be told that we read; null: nobody is. */
  owesDisplayed?: string | null
  /** Archive id that our account keeps as the newest displayed (XEP-0490), as far as we know. */
  displayed?: string | null
  unread: number
  /** Place of the newest message that a page of the archive covered; the next archived one stands after it. */
  covered: Place | null
  draftAt: number
  createdAt: number
  sealed: Sealed
}

export interface MessageRow {
  /** Its place: see `Place`; the row is built and moved here, so it may be written. */
  at: number
  rank: string
  localId?: LocalId
  conversation: ConversationId
  isOwn: boolean
  senderJid: BareJid
  senderResource: string | null
  occupantId: string | null
  realJid: BareJid | null
  via: Via
  pending: 0 | 1
  place?: [ConversationId, 0 | 1, number, string]
  unreadPlace?: [ConversationId, number, string]
  originId: string | null
  originKey?: [ConversationId, string, string]
  messageId: string | null
  wireKey?: [ConversationId, string, string]
  archiveId: string | null
  by: BareJid | null
  archiveKey?: [BareJid, string]
  awaits?: [ConversationId, string]
  sentAt: number
  storedAt: number
  encryption: { scheme: string; trust: string | null } | null
  expiresAt: number | null
  receiptDue?: 1
  /** Its sender asked to be told when it was read. */
  wantsDisplayed?: 1
  delivery: Delivery | null
  sealed: Sealed
}

export interface StoredMessageRow extends MessageRow {
  localId: LocalId
}

export type OutboxState = 'queued' | 'sending' | 'reconcile' | 'uncertain'

export interface OutboxRow {
  seq?: number
  message: LocalId
  conversation: ConversationId
  to: BareJid
  originId: string
  /** The finished stanza; a resend sends these bytes. */
  wire: string
  state: OutboxState
  /** Client time in ms of the first attempt; 0: never on the wire. */
  firstAt: number
  /** Stream management session and outbound number of the last attempt. */
  streamId: string | null
  number: number | null
  attempts: number
  /** Client time in ms before which it is not tried again. */
  retryAt: number
}

export interface StoredOutboxRow extends OutboxRow {
  seq: number
}

export interface CoverageRow {
  archive: BareJid
  with: BareJid | ''
  newest: string | null
  newestAt: number
  oldest: string | null
  oldestAt: number
  isComplete: boolean
}

export interface GapRow {
  id?: number
  archive: BareJid
  after: string | null
  before: string | null
  afterAt: number
  beforeAt: number
}

export interface RosterRow {
  jid: BareJid
  name: string
  subscription: Subscription
  isAsked: boolean
  groups: string[]
}

export interface PresenceRow {
  jid: FullJid | BareJid
  availability: Availability
  status: string
  priority: number
}

export interface SubscriptionRow {
  jid: BareJid
  text: string
  at: number
}

export interface AccountSchema extends DBSchema {
  meta: { key: string; value: MetaRow }
  key: { key: number; value: StoreKeyRow }
  secret: { key: string; value: SecretRow }
  conversation: { key: string; value: ConversationRow; indexes: { jid: string } }
  message: {
    key: number
    value: MessageRow
    indexes: {
      timeline: [string, number, number, string]
      unread: [string, number, string]
      archive: [string, string]
      origin: [string, string, string]
      wire: [string, string, string]
      awaits: [string, string]
      receipt: number
    }
  }
  outbox: { key: number; value: OutboxRow; indexes: { message: number; conversation: [string, number] } }
  coverage: { key: [string, string]; value: CoverageRow }
  gap: { key: number; value: GapRow; indexes: { archive: string } }
  roster: { key: string; value: RosterRow }
  presence: { key: string; value: PresenceRow }
  subscription: { key: string; value: SubscriptionRow }
  toIndex: { key: number; value: { localId: LocalId } }
}

/** The durable state of a stream (XEP-0198), one row in `meta` named `stream`. */
export interface StreamRow {
  id: string
  jid: FullJid
  /** Inbound stanzas whose effects are committed. */
  handled: number
  /** Number of our last outbound stanza that is known to have been written. */
  sent: number
  /** Number of the stanza that announced us in this session; absent: none that is known of. */
  announced?: number
  at: number
}
