/**
 * The read position of a conversation: where it stands, and how it follows the messages it was set by. It is the newest of
 * what the person saw, here or on another device, and of what the person said. Called by message.ts and whoever reads.
 */
import { comparePlaces, type Place } from '#model/message.ts'
import type { Writing } from '../database.ts'
import type { ConversationRow, StoredMessageRow } from '../schema.ts'

/** Messages that are looked at for one whose sender wants to know. */
const mostAsking = 100

/** A conversation inside one transaction. */
export interface Touched {
  readonly row: ConversationRow
  /** Newest place of what is not pending. */
  tail: Place | null
  /** A row moved or the read position did: the counter is counted anew. */
  recount: boolean
  /** Something of it is written; what was only foreseen is not. */
  isUsed: boolean
}

export function isAfter(row: Place, position: Place | null | undefined): boolean {
  return !position || comparePlaces(position, row) < 0
}

/** Moves the read position forward to a message; never back. */
export function readTo(touched: Touched, row: StoredMessageRow): void {
  if (!isAfter(row, touched.row.read)) return
  touched.row.read = positionOf(row)
  touched.recount = true
}

/**
 * The message was seen, and with it all before it. Kept by the newest of others: a word of ours, which may stand elsewhere
 * once the archive has told its place, takes nothing back.
 */
export async function seeTo(writing: Writing, touched: Touched, row: StoredMessageRow): Promise<void> {
  readTo(touched, row)
  const { id, seen } = touched.row
  const upTo = IDBKeyRange.bound([id], [id, row.at, row.rank])
  const newest = await writing.tx.objectStore('message').index('unread').openCursor(upTo, 'prev')
  if (newest && isAfter(newest.value, seen)) touched.row.seen = positionOf(newest.value as StoredMessageRow)
}

/**
 * The id of the newest message up to `row`, and after what was seen `before`, whose sender wants to know when it is read;
 * null: none.
 */
export async function newestAsking(
  writing: Writing,
  { conversation, at, rank }: StoredMessageRow,
  before: Place | null,
): Promise<string | null> {
  const range = IDBKeyRange.bound([conversation], [conversation, at, rank])
  let cursor = await writing.tx.objectStore('message').index('unread').openCursor(range, 'prev')
  for (let looked = 0; cursor !== null && looked < mostAsking && isAfter(cursor.value, before); looked++) {
    if (cursor.value.wantsDisplayed === 1) return cursor.value.messageId
    cursor = await cursor.continue()
  }
  return null
}

/** The other side has read this message, and with it all before it; never back. */
export function theyReadTo(touched: Touched, row: StoredMessageRow): void {
  if (row.pending === 0 && isAfter(row, touched.row.theirRead)) touched.row.theirRead = positionOf(row)
}

/** A message was moved: what was set by it goes with it. */
export function followRow(conversation: ConversationRow, row: StoredMessageRow): void {
  if (conversation.theirRead?.localId === row.localId) conversation.theirRead = positionOf(row)
  if (conversation.read?.localId === row.localId) conversation.read = positionOf(row)
  if (conversation.seen?.localId === row.localId) conversation.seen = positionOf(row)
}

/** After rows have moved: what was seen stays read. */
export function neverBefore(touched: Touched): void {
  const { row } = touched
  if (!row.seen || !isAfter(row.seen, row.read)) return
  row.read = row.seen
  touched.recount = true
}

function positionOf({ localId, at, rank }: StoredMessageRow): NonNullable<ConversationRow['read']> {
  return { localId, at, rank }
}
