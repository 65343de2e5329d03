/** Reads the rows beside which a new one finds its place. The arithmetic of places is placing.ts. */
import type { IncomingMessage } from '#model/incoming.ts'
import { comparePlaces, type ConversationId, type Place } from '#model/message.ts'
import type { Writing } from '../database.ts'
import type { MessageRow } from '../schema.ts'
import { rising, type Surroundings } from './placing.ts'

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

/** What is known of the archive's order where a page of it (oldest first) was told before, by conversation. */
export async function surroundingsOf(
  writing: Writing,
  page: readonly IncomingMessage[],
): Promise<Map<ConversationId, Surroundings>> {
  const { tx } = writing
  const index = tx.objectStore('message').index('archive')
  const rows = await Promise.all(
    page.flatMap(({ by, archiveId }) => (by === null || archiveId === null ? [] : index.get([by, archiveId]))),
  )
  const surroundings = new Map<ConversationId, Surroundings>()
  for (const id of new Set(rows.flatMap((row) => row?.conversation ?? []))) {
    const covered = (await tx.objectStore('conversation').get(id))?.covered ?? null
    // What stands behind the covered end was placed by no page.
    const isPlaced = (row: MessageRow): boolean => covered !== null && comparePlaces(row, covered) <= 0
    const known = rising(rows.flatMap((row) => (row?.conversation === id && isPlaced(row) ? placeOf(row) : [])))
    const [first, last] = [known[0], known.at(-1)]
    if (!first || !last) continue
    const behind = await besides(writing, id, last, 'next')
    if (behind && covered && comparePlaces(behind, covered) <= 0) known.push(behind)
    surroundings.set(id, { before: await besides(writing, id, first, 'prev'), known })
  }
  return surroundings
}

const placeOf = ({ at, rank }: Place): Place => ({ at, rank })

/** The place right before or behind another one, of what is not pending. */
async function besides(
  writing: Writing,
  conversation: ConversationId,
  { at, rank }: Place,
  direction: 'prev' | 'next',
): Promise<Place | null> {
  const index = writing.tx.objectStore('message').index('timeline')
  const here = [conversation, 0, at, rank]
  const range =
    direction === 'prev'
      ? IDBKeyRange.bound([conversation, 0], here, false, true)
      : IDBKeyRange.bound(here, [conversation, 0, []], true)
  const found = await index.openKeyCursor(range, direction)
  return found ? { at: found.key[2], rank: found.key[3] } : null
}
