/**
 * Whether a row that lies in a store is what schema.ts says: disks and profiles break, and other versions write too.
 * What is done about one that is not is left to whoever reads it (docs/storage.md, Rows that are not whole).
 */
import type { BareJid } from '#model/jid.ts'
import type {
  AccountRow,
  ConversationRow,
  CoverageRow,
  OutboxRow,
  PresenceRow,
  RosterRow,
  StoredMessageRow,
  StreamRow,
  SubscriptionRow,
} from './schema.ts'

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'object or null' | 'string or null' | 'place or null'

interface Rows {
  account: AccountRow
  conversation: ConversationRow
  outbox: OutboxRow
  coverage: CoverageRow
  message: StoredMessageRow
  roster: RosterRow
  presence: PresenceRow
  subscription: SubscriptionRow
  /** The value of `meta` by that name. */
  stream: StreamRow
}

const shapes: { readonly [Store in keyof Rows]: Readonly<Record<string, Kind>> } = {
  account: {
    id: 'string',
    sealed: 'object or null',
    hasBucket: 'boolean',
    state: 'string',
  },
  conversation: {
    id: 'string',
    jid: 'string',
    read: 'place or null',
    unread: 'number',
    covered: 'place or null',
    draftAt: 'number',
    createdAt: 'number',
    sealed: 'object',
  },
  outbox: {
    message: 'number',
    conversation: 'string',
    to: 'string',
    originId: 'string',
    wire: 'string',
    state: 'string',
    firstAt: 'number',
    attempts: 'number',
    retryAt: 'number',
  },
  coverage: {
    archive: 'string',
    with: 'string',
    newest: 'string or null',
    newestAt: 'number',
    oldest: 'string or null',
    oldestAt: 'number',
    isComplete: 'boolean',
  },
  message: {
    conversation: 'string',
    isOwn: 'boolean',
    senderJid: 'string',
    via: 'string',
    pending: 'number',
    at: 'number',
    rank: 'string',
    originId: 'string or null',
    messageId: 'string or null',
    archiveId: 'string or null',
    by: 'string or null',
    sentAt: 'number',
    storedAt: 'number',
    sealed: 'object',
  },
  roster: { jid: 'string', name: 'string', subscription: 'string', isAsked: 'boolean', groups: 'object' },
  presence: { jid: 'string', availability: 'string', status: 'string', priority: 'number' },
  subscription: { jid: 'string', text: 'string', at: 'number' },
  stream: { id: 'string', jid: 'string', handled: 'number', sent: 'number' },
}

/** True where code may rely on every field of the row. */
export function isSound<Store extends keyof Rows>(store: Store, row: unknown): row is Rows[Store] {
  if (typeof row !== 'object' || row === null) return false
  const fields = row as Record<string, unknown>
  return Object.entries(shapes[store]).every(([name, kind]) => isOf(kind, fields[name]))
}

function isOf(kind: Kind, value: unknown): boolean {
  if (value === null) return kind.endsWith('or null')
  if (kind === 'place or null') return isPlace(value)
  if (typeof value === 'number') return kind === 'number' && Number.isFinite(value)
  return typeof value === kind.split(' ')[0]
}

/**
 * A message row of which writers may rely on every field: what is not whole is taken from the keys it is found by, which are
 * whole wherever it is found, else it is as if it were not known.
 */
export function wholeMessage(row: StoredMessageRow): StoredMessageRow {
  if (isSound('message', row) && isSoundDelivery(row.delivery)) return row
  const { place, originKey, wireKey, archiveKey, localId, conversation, sealed } = row
  const at = place?.[2] ?? 0
  const isOwn = row.isOwn === true
  return {
    ...row,
    localId,
    conversation: place?.[0] ?? conversation,
    isOwn,
    senderJid: (originKey?.[1] ?? wireKey?.[1] ?? row.senderJid) as BareJid,
    senderResource: null,
    occupantId: null,
    realJid: null,
    via: 'archive',
    pending: place?.[1] ?? 0,
    at,
    rank: place?.[3] ?? '',
    originId: originKey?.[2] ?? null,
    messageId: wireKey?.[2] ?? null,
    archiveId: archiveKey?.[1] ?? null,
    by: archiveKey?.[0] ?? null,
    sentAt: at,
    storedAt: at,
    encryption: null,
    expiresAt: null,
    delivery: isOwn ? { status: place?.[1] === 1 ? 'queued' : 'sent', times: {}, failure: null } : null,
    sealed: isOf('object', sealed) && typeof sealed.key === 'number' ? sealed : { key: 0, body: null },
  }
}

function isSoundDelivery(delivery: unknown): boolean {
  if (delivery === null) return true
  const { status, times } = Object(delivery) as Record<string, unknown>
  return typeof status === 'string' && isOf('object', times)
}

/** Something to order by. */
export function isPlace(value: unknown): boolean {
  const place = Object(value) as Record<string, unknown>
  return typeof place['at'] === 'number' && typeof place['rank'] === 'string'
}
