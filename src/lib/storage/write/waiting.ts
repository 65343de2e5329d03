/** Marks that wait for the message they belong to. What they mean is decided by sync/their-marks.ts. */
import type { ConversationId } from '#model/message.ts'
import type { StoreKey } from '#vault/seal.ts'
import type { Writing } from '../database.ts'
import { contentOf } from '../read/message.ts'
import type { MessageRow, StoredMessageRow } from '../schema.ts'

export function countWaiting(writing: Writing, conversation: ConversationId): Promise<number> {
  const index = writing.tx.objectStore('message').index('awaits')
  return index.count(IDBKeyRange.bound([conversation], [conversation, []]))
}

export async function waitingFor(
  writing: Writing,
  conversation: ConversationId,
  id: string,
): Promise<StoredMessageRow[]> {
  return (await writing.tx.objectStore('message').index('awaits').getAll([conversation, id])) as StoredMessageRow[]
}

export function markerOf(row: MessageRow, keys: readonly StoreKey[]): 'received' | 'displayed' {
  const mark = contentOf(row, keys).parts.find((part) => part.kind === 'marker')
  return mark?.marker ?? 'received'
}
