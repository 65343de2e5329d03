/** Reads the rows beside which a new one finds its place. The arithmetic of places is placing.ts. */
import type { IncomingMessage } from '#model/incoming.ts'
import { comparePlaces, type ConversationId, type Place } from '#model/message.ts'
import type { Writing } from '../database.ts'
import type { StoredMessageRow } from '../schema.ts'
import { wholeMessage } from '../sound.ts'
import { rising, type Surroundings } from './placing.ts'

/** The newest place that is not pending; null: there is none. */
export function lastPlaced(writing: Writing, conversation: ConversationId): Promise<Place | null> {
  return lastOf(writing, conversation, 0)
}

/** Place of the pending message that was queued last; null: none is pending. */
export function lastPending(writing: Writing, conversation: ConversationId): Promise<Place | null> {
  return lastOf(writing, conversation, 1)
}

function lastOf(writing: Writing, conversation: ConversationId, pending: 0 | 1): Promise<Place | null> {
  return edgeOf(writing, IDBKeyRange.bound([conversation, pending], [conversation, pending, []]), 'prev')
}

/** The place at the beginning or the end of a stretch of the timeline. The key tells it even where the row is not whole. */
async function edgeOf(writing: Writing, range: IDBKeyRange, direction: 'prev' | 'next'): Promise<Place | null> {
  const edge = await writing.tx.objectStore('message').index('timeline').openKeyCursor(range, direction)
  return edge ? { at: edge.key[2], rank: edge.key[3] } : null
}

/**
 * What is known of the archive's order where a page of it (oldest first) was told before, by conversation. `passed`: the last
 * message of each conversation in the pages before it.
 */
export async function surroundingsOf(
  writing: Writing,
  passed: readonly IncomingMessage[],
  page: readonly IncomingMessage[],
): Promise<Map<ConversationId, Surroundings>> {
  const [led, here] = [await rowsOf(writing, passed), await rowsOf(writing, page)]
  const surroundings = new Map<ConversationId, Surroundings>()
  for (const id of new Set([...led, ...here].map(({ conversation }) => conversation))) {
    const covered = (await writing.tx.objectStore('conversation').get(id))?.covered ?? null
    // What stands behind the covered end was placed by no page.
    const isPlaced = (place: Place): boolean => covered !== null && comparePlaces(place, covered) <= 0
    const placesOf = (rows: readonly StoredMessageRow[]): Place[] =>
      rows
        .filter((row) => row.conversation === id && row.rank !== '' && isPlaced(row))
        .map(({ at, rank }) => ({ at, rank }))
    const [lead = null] = placesOf(led)
    const known = rising(placesOf(here).filter((place) => lead === null || comparePlaces(lead, place) < 0))
    const [first, last] = [known[0] ?? lead, known.at(-1) ?? lead]
    if (!first || !last) continue
    const above = IDBKeyRange.bound([id, 0], [id, 0, first.at, first.rank], false, true)
    const below = IDBKeyRange.bound([id, 0, last.at, last.rank], [id, 0, []], true)
    const before = lead ?? (await edgeOf(writing, above, 'prev'))
    const behind = await edgeOf(writing, below, 'next')
    surroundings.set(id, { before, known, behind: behind && isPlaced(behind) ? behind : null })
  }
  return surroundings
}

/** The rows under the archive ids of some messages, in their order. */
async function rowsOf(writing: Writing, messages: readonly IncomingMessage[]): Promise<StoredMessageRow[]> {
  const index = writing.tx.objectStore('message').index('archive')
  const rows = await Promise.all(
    messages.flatMap(({ by, archiveId }) => (by === null || archiveId === null ? [] : index.get([by, archiveId]))),
  )
  // One that is damaged tells its place by its key, if it has one.
  return rows.flatMap((row) => (row ? wholeMessage(row as StoredMessageRow) : []))
}
