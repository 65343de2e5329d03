/** Marks that wait for the message they belong to. What they mean is decided by sync/receipt.ts. */
import type { ConversationId } from '#model/message.ts'
import type { Writing } from '../database.ts'

export function countWaiting(writing: Writing, conversation: ConversationId): Promise<number> {
  const index = writing.tx.objectStore('message').index('awaits')
  return index.count(IDBKeyRange.bound([conversation], [conversation, []]))
}
