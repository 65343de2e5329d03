/** Reads the rows beside which a new one finds its place. The arithmetic of places is placing.ts. */
import type { ConversationId, Place } from '#model/message.ts'
import type { Writing } from '../database.ts'

/** The newest place that is not pending; null: there is none. */
export function lastPlaced(writing: Writing, conversation: ConversationId): Promise<Place | null> {
  return lastOf(writing, conversation, 0)
}

/** Place of the pending message that was queued last; null: none is pending. */
export function lastPending(writing: Writing, conversation: ConversationId): Promise<Place | null> {
  return lastOf(writing, conversation, 1)
}

async function lastOf(writing: Writing, conversation: ConversationId, pending: 0 | 1): Promise<Place | null> {
  const index = writing.tx.objectStore('message').index('timeline')
  const range = IDBKeyRange.bound([conversation, pending], [conversation, pending, []])
  // The key tells the place even where the row is not whole.
  const last = await index.openKeyCursor(range, 'prev')
  return last ? { at: last.key[2], rank: last.key[3] } : null
}
