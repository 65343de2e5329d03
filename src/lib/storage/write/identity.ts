/** Finds the stored row that a copy belongs to (docs/storage.md, Identity): a match merges, never inserts. */
import type { IncomingMessage } from '#model/incoming.ts'
import type { ConversationId, MessageContent } from '#model/message.ts'
import type { Writing } from '../database.ts'
import { contentOf } from '../read/message.ts'
import type { StoredMessageRow } from '../schema.ts'
import type { Absence } from './absence.ts'

const day = 86_400_000
const shortWhile = 120_000

export async function findStored(
  writing: Writing,
  conversation: ConversationId,
  incoming: IncomingMessage,
  stamp: number,
  absence: Absence,
): Promise<StoredMessageRow | null> {
  const store = writing.tx.objectStore('message')
  const { archiveId, by, originId, messageId, senderJid } = incoming
  if (archiveId !== null && by !== null && !absence.has('archive', [by, archiveId])) {
    const row = await store.index('archive').get([by, archiveId])
    if (row) return row as StoredMessageRow
  }
  if (originId !== null && !absence.has('origin', [conversation, senderJid, originId])) {
    // An origin id is unique by promise; others' are believed only while the words are the same.
    for (const row of await store.index('origin').getAll([conversation, senderJid, originId], 20))
      if (row.isOwn || isEqual(writing, row, incoming.content)) return row as StoredMessageRow
  }
  if (messageId !== null && absence.has('wire', [conversation, senderJid, messageId])) return null
  if (messageId !== null) return findByWireId(writing, conversation, incoming, messageId, stamp)
  return originId === null ? findWithoutId(writing, conversation, incoming, stamp) : null
}

async function findByWireId(
  writing: Writing,
  conversation: ConversationId,
  incoming: IncomingMessage,
  messageId: string,
  stamp: number,
): Promise<StoredMessageRow | null> {
  const index = writing.tx.objectStore('message').index('wire')
  for (const row of await index.getAll([conversation, incoming.senderJid, messageId], 20)) {
    if (incoming.originId !== null && row.originId !== null && incoming.originId !== row.originId) continue
    if (row.pending === 0 && Math.abs(row.at - stamp) > day) continue
    if (isEqual(writing, row, incoming.content)) return row as StoredMessageRow
  }
  return null
}

/** RFC 6121 allows a message without any id; then only words, sender and time tell. */
async function findWithoutId(
  writing: Writing,
  conversation: ConversationId,
  incoming: IncomingMessage,
  stamp: number,
): Promise<StoredMessageRow | null> {
  // Two archive entries are two messages, however alike.
  if (incoming.via !== 'archive') return null
  const range = IDBKeyRange.bound([conversation, 0, stamp - shortWhile], [conversation, 0, stamp + shortWhile])
  for (const row of await writing.tx.objectStore('message').index('timeline').getAll(range, 200)) {
    if (row.archiveId !== null || row.messageId !== null || row.originId !== null) continue
    if (row.senderJid === incoming.senderJid && isEqual(writing, row, incoming.content)) return row as StoredMessageRow
  }
  return null
}

function isEqual(
  writing: Writing,
  row: StoredMessageRow | Parameters<typeof contentOf>[0],
  content: MessageContent,
): boolean {
  return JSON.stringify(contentOf(row, writing.keys).parts) === JSON.stringify(content.parts)
}
