/** Reads messages: opens their seals and turns rows into what screens show. */
import { unwrap } from 'idb'
import { failureOf } from '#model/failure.ts'
import type { ConversationId, LocalId, Message, MessageContent, Place } from '#model/message.ts'
import { openRecord, type StoreKey } from '#vault/seal.ts'
import type { AccountDatabase } from '../database.ts'
import type { MessageRow, StoredMessageRow } from '../schema.ts'

/**
 * The content of a row, whatever key sealed it; the record id is the conversation with the ids it came with. One that is not
 * whole is a message that cannot be read: it must not take those around it with it.
 */
export function contentOf(row: MessageRow, keys: readonly StoreKey[]): MessageContent {
  try {
    const { parts, raw } = openRecord<MessageContent>(keys, recordId(row), row.sealed)
    if (Array.isArray(parts) && parts.every((part) => typeof Object(part).kind === 'string'))
      return { parts, raw: typeof raw === 'string' ? raw : null }
    return broken('no parts')
  } catch (error) {
    return broken(failureOf(error).cause)
  }
}

/** True where the content of a row is not whole: a copy that comes takes its place. */
export function isBroken(row: MessageRow, keys: readonly StoreKey[]): boolean {
  return isBrokenMessage(contentOf(row, keys))
}

/** The same of what was read. */
export function isBrokenMessage(content: MessageContent): boolean {
  return content.parts.some((part) => part.kind === 'unreadable' && part.why.startsWith(brokenMark))
}

const brokenMark = 'row: '

function broken(why: string): MessageContent {
  return { parts: [{ kind: 'unreadable', why: `${brokenMark}${why}`, kept: null }], raw: null }
}

/** Associated data of a sealed message row: known before the auto key is. */
export function recordId(row: Pick<MessageRow, 'conversation' | 'storedAt' | 'senderJid'>): string {
  return `message:${row.conversation}:${row.senderJid}:${row.storedAt}`
}

function messageOf(row: StoredMessageRow, keys: readonly StoreKey[]): Message {
  const content = contentOf(row, keys)
  return {
    localId: row.localId,
    conversation: row.conversation,
    isOwn: row.isOwn,
    senderJid: row.senderJid,
    senderResource: row.senderResource,
    via: row.via,
    isPending: row.pending === 1,
    at: typeof row.at === 'number' ? row.at : (row.place?.[2] ?? 0),
    rank: typeof row.rank === 'string' ? row.rank : (row.place?.[3] ?? ''),
    sentAt: typeof row.sentAt === 'number' ? row.sentAt : (row.place?.[2] ?? 0),
    originId: row.originId,
    messageId: row.messageId,
    archiveId: row.archiveId,
    encryption: row.encryption,
    delivery: typeof Object(row.delivery).status === 'string' ? row.delivery : null,
    parts: content.parts,
    raw: content.raw,
  }
}

/** A message by its key; null where it is gone. */
export async function readMessage(account: AccountDatabase, localId: LocalId): Promise<Message | null> {
  const row = await account.db.get('message', localId)
  return row ? messageOf(row as StoredMessageRow, account.keys) : null
}

/** Messages by their keys, in the order asked for, without those that are gone. */
export async function readMessages(account: AccountDatabase, localIds: readonly LocalId[]): Promise<Message[]> {
  const tx = account.db.transaction('message')
  const rows = await Promise.all(localIds.map((id) => tx.store.get(id)))
  return rows.flatMap((row) => (row ? [messageOf(row as StoredMessageRow, account.keys)] : []))
}

/** Where a timeline page starts; pending messages stand after every place. */
export interface TimelineAnchor extends Place {
  readonly isPending: boolean
}

type Key = [ConversationId, 0 | 1, number, string]

const key = (conversation: ConversationId, anchor: TimelineAnchor): Key => [
  conversation,
  anchor.isPending ? 1 : 0,
  anchor.at,
  anchor.rank,
]

/**
 * At most `count` shown messages before (or, with `isInclusive`, at) the anchor, oldest first; null: from the newest back.
 */
export async function readBefore(
  account: AccountDatabase,
  conversation: ConversationId,
  anchor: TimelineAnchor | null,
  count: number,
  isInclusive = false,
): Promise<Message[]> {
  const range = anchor
    ? IDBKeyRange.bound([conversation], key(conversation, anchor), false, !isInclusive)
    : IDBKeyRange.bound([conversation], [conversation, []])
  const rows = await backwards(unwrap(account.db), range, count)
  return rows.reverse().map((row) => messageOf(row, account.keys))
}

/** At most `count` shown messages after the anchor, oldest first. */
export async function readAfter(
  account: AccountDatabase,
  conversation: ConversationId,
  anchor: TimelineAnchor,
  count: number,
): Promise<Message[]> {
  const range = IDBKeyRange.bound(key(conversation, anchor), [conversation, []], true, false)
  const rows = await account.db.getAllFromIndex('message', 'timeline', range, count)
  return rows.map((row) => messageOf(row as StoredMessageRow, account.keys))
}

interface GetAllBackwards {
  getAll(options: { query: IDBKeyRange; count: number; direction: 'prev' }): IDBRequest<StoredMessageRow[]>
}

/** The newest `count` rows of a range. getAll with options is four times faster than a cursor, but not known to every browser. */
function backwards(db: IDBDatabase, range: IDBKeyRange, count: number): Promise<StoredMessageRow[]> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction('message')
    const index = tx.objectStore('message').index('timeline')
    tx.onabort = () => reject(tx.error ?? new Error('aborted'))
    if ('getAllRecords' in index) {
      const request = (index as unknown as GetAllBackwards).getAll({ query: range, count, direction: 'prev' })
      request.onsuccess = () => resolve(request.result)
      return
    }
    const rows: StoredMessageRow[] = []
    const request = index.openCursor(range, 'prev')
    request.onsuccess = () => {
      const cursor = request.result
      if (cursor === null || rows.length >= count) return resolve(rows)
      rows.push(cursor.value as StoredMessageRow)
      if (rows.length >= count) return resolve(rows)
      cursor.continue()
    }
  })
}

/** The first unread message of a conversation, as the read position says; null: none. */
export async function readFirstUnread(
  account: AccountDatabase,
  conversation: ConversationId,
  after: Place | null,
): Promise<Message | null> {
  const lower = after ? [conversation, after.at, after.rank] : [conversation]
  const range = IDBKeyRange.bound(lower, [conversation, []], after !== null, false)
  const rows = await account.db.getAllFromIndex('message', 'unread', range, 1)
  const row = rows[0]
  return row ? messageOf(row as StoredMessageRow, account.keys) : null
}

/** Unread messages counted from the rows themselves: what the counter must equal. */
export function countUnread(
  account: AccountDatabase,
  conversation: ConversationId,
  after: Place | null,
): Promise<number> {
  const lower = after ? [conversation, after.at, after.rank] : [conversation]
  return account.db.countFromIndex(
    'message',
    'unread',
    IDBKeyRange.bound(lower, [conversation, []], after !== null, false),
  )
}

/**
 * The oldest message of a conversation from `at` (ms since the epoch) on that the archive has named, as a row; null: none.
 * What was written here before any page was read stands earlier and borders on nothing.
 */
export async function readOldestNamed(
  account: AccountDatabase,
  id: ConversationId,
  at: number,
): Promise<StoredMessageRow | null> {
  const index = account.db.transaction('message').store.index('timeline')
  let cursor = await index.openCursor(IDBKeyRange.bound([id, 0, at], [id, 0, []]))
  while (cursor !== null && cursor.value.archiveId === null) cursor = await cursor.continue()
  return (cursor?.value as StoredMessageRow | undefined) ?? null
}
