/**
 * Where a live copy stands that says it waited for us. Anyone can write a delay that looks like our server's, so it is
 * believed only as far as a message can have waited: never before what was here already, nor in time to come.
 */
import { comparePlaces, type ConversationId, type Place } from '#model/message.ts'
import type { Writing } from '../database.ts'
import { placeAfter } from './placing.ts'

/**
 * Now; `serverNow` is the server's time as we know it. `opened`: when this session was; `announced`: when it was told that we
 * are there, or it was resumed; infinite before that.
 */
export interface LiveArrival {
  readonly kind: 'live'
  readonly serverNow: number
  readonly opened: number
  readonly announced: number
}

interface Conversation {
  readonly row: { readonly id: ConversationId }
  /** Newest place of what is not pending. */
  readonly tail: Place | null
}

/** When a live copy was said, ms since the epoch; `stamp`: of a delay. */
export async function believedStamp(
  writing: Writing,
  conversation: Conversation,
  stamp: number | null,
  arrival: LiveArrival,
): Promise<number> {
  if (stamp === null) return arrival.serverNow
  const floor = await floorOf(writing, conversation, arrival)
  return Math.min(Math.max(stamp, floor?.at ?? 0), arrival.serverNow)
}

/** The place for a believed stamp among what is stored. */
export async function placeAmong(
  writing: Writing,
  conversation: Conversation,
  stamp: number,
  arrival: LiveArrival,
): Promise<Place> {
  const before = await lastBefore(writing, conversation.row.id, stamp + 1)
  const rows = [before, await floorOf(writing, conversation, arrival)].filter((row) => row !== null)
  return placeAfter(rows.sort(comparePlaces).at(-1) ?? null, stamp)
}

/**
 * What stands before all that waited for us, whatever its stamp: what was placed before this session or after it was
 * announced, and what the other side said: servers deliver in order, and their stamps are whole seconds. So only what of
 * ours went out first in this session may stand behind it.
 */
async function floorOf(
  writing: Writing,
  { row, tail }: Conversation,
  { opened, announced }: LiveArrival,
): Promise<Place | null> {
  if (tail !== null && tail.at > announced) return tail
  const index = writing.tx.objectStore('message').index('unread')
  const said = await index.openCursor(IDBKeyRange.bound([row.id], [row.id, []]), 'prev')
  const earlier = await lastBefore(writing, row.id, opened)
  const rows: Place[] = [said?.value ?? null, earlier].filter((each) => each !== null)
  return rows.sort(comparePlaces).at(-1) ?? null
}

/** The newest row that was placed before a time. */
async function lastBefore(writing: Writing, conversation: ConversationId, at: number): Promise<Place | null> {
  const range = IDBKeyRange.bound([conversation, 0], [conversation, 0, at])
  const cursor = await writing.tx.objectStore('message').index('timeline').openCursor(range, 'prev')
  return cursor?.value ?? null
}
