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

async function lastOf(writing: Writing, conversation: ConversationId, pending: 0 | 1): Promise<Place | null> {
  const index = writing.tx.objectStore('message').index('timeline')
  const range = IDBKeyRange.bound([conversation, pending], [conversation, pending, []])
  // The key tells the place even where the row is not whole.
  const last = await index.openKeyCursor(range, 'prev')
  return last ? { at: last.key[2], rank: last.key[3] } : null
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
  const [before, here] = [await rowsOf(writing, passed), await rowsOf(writing, page)]
  const surroundings = new Map<ConversationId, Surroundings>()
  for (const id of new Set([...before, ...here].map(({ conversation }) => conversation))) {
    const covered = (await writing.tx.objectStore('conversation').get(id))?.covered ?? null
    // What stands behind the covered end was placed by no page.
    const isPlaced = (place: Place): boolean => covered !== null && comparePlaces(place, covered) <= 0
    const placesOf = (rows: readonly StoredMessageRow[]): Place[] =>
      rows
        .filter((row) => row.conversation === id && row.rank !== '' && isPlaced(row))
        .map(({ at, rank }) => ({ at, rank }))
    const [lead = null] = placesOf(before)
    const known = rising(placesOf(here).filter((place) => lead === null || comparePlaces(lead, place) < 0))
    const [first, last] = [known[0] ?? lead, known.at(-1) ?? lead]
    if (!first || !last) continue
    const behind = await besides(writing, id, last, 'next')
    surroundings.set(id, {
      before: lead ?? (await besides(writing, id, first, 'prev')),
      known,
      behind: behind && isPlaced(behind) ? behind : null,
    })
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
