/**
 * Where a message stands in its conversation. Pure: the archive's order wins, whatever the clocks say
 * (docs/storage.md, Order).
 */
import { comparePlaces, type Place } from '#model/message.ts'
import { rankBetween } from '#model/rank.ts'

/** The place for `stamp` after `previous`, as near to the stamp as that allows. */
export function placeAfter(previous: Place | null, stamp: number): Place {
  if (previous === null || stamp > previous.at) return { at: stamp, rank: rankBetween(null, null) }
  return { at: previous.at, rank: rankBetween(previous.rank, null) }
}

/** The place for `stamp` before `next`. */
export function placeBefore(next: Place | null, stamp: number): Place {
  if (next === null || stamp < next.at) return { at: stamp, rank: rankBetween(null, null) }
  return { at: next.at, rank: rankBetween(null, next.rank) }
}

/**
 * ms by which the place of a live copy may be off the archive's stamp and stay: whole seconds, what the way took, and how
 * well we know the server's time. A clock that is wrong is put right by the page.
 */
const tolerance = 10_000

export interface Existing extends Place {
  readonly isPending: boolean
  readonly isCovered: boolean
  readonly isAgain: boolean
}

/** How the items of one archive page find their places; one object a page. */
export interface PageOrder {
  /**
   * @param covered the newest covered place of the conversation; it moves with the items of the page
   * @param existing where the message stands already, if it is stored; `isCovered`: it has an archive id;
   * `isAgain`: another one than this item, which is the same message archived once more
   */
  place(conversation: string, covered: Place | null, stamp: number, existing: Existing | null): Place
}

/**
 * Items oldest first. From the covered end on (`forward`); from somewhere before or behind it (`ahead`: what is covered
 * stays, the rest stands after it); or wherever the stamps say (`free`: first page, restart by time).
 */
export function ascending(start: 'forward' | 'ahead' | 'free'): PageOrder {
  const followsCovered = start !== 'free'
  const last = new Map<string, Place | null>()
  const before = new Map<string, Place | null>()
  return {
    place(conversation, moving, stamp, existing) {
      if (!before.has(conversation)) before.set(conversation, moving)
      // Where stamps decide, only what an earlier page covered stays; what this page covers says nothing of live copies.
      const covered = followsCovered ? moving : (before.get(conversation) ?? null)
      const previous = last.has(conversation) ? (last.get(conversation) ?? null) : followsCovered ? covered : null
      // What stands after the covered end in the archive was never placed by it, wherever a live copy was put.
      const isPlaced = start === 'forward' ? existing?.isAgain : existing?.isCovered
      const isKept = existing !== null && isPlaced === true && covered !== null && comparePlaces(existing, covered) <= 0
      // Nothing on screen moves that stands where the archive has it.
      const isRight = followsCovered && existing !== null && standsAfter(existing, previous, stamp)
      const keeps = existing !== null && (isKept || isRight)
      const place = keeps ? { at: existing.at, rank: existing.rank } : placeAfter(previous, stamp)
      // A copy that is stored already may stand far back (a resend archived again); what follows still stands after the rest.
      if (previous === null || comparePlaces(previous, place) < 0) last.set(conversation, place)
      return place
    },
  }
}

/** The order of arrival was the archive's, as far as this message goes. */
function standsAfter(existing: Existing, previous: Place | null, stamp: number): boolean {
  if (existing.isPending || Math.abs(existing.at - stamp) > tolerance) return false
  return previous === null || comparePlaces(previous, existing) < 0
}

/** What stands around a page in one conversation: where an archive's order is known already. */
export interface Surroundings {
  /** The nearest place before the page; null: there is none. */
  readonly before: Place | null
  /** Rising: what of the page stands where the archive has it. */
  readonly known: readonly Place[]
  /** The nearest place behind all of them; what stands there may still be an item of the page, and move. */
  readonly behind: Place | null
}

const nowhere: Surroundings = { before: null, known: [], behind: null }

/**
 * Items oldest first, of a stretch that was told before: what an archive had not stored by then goes between the places of
 * its neighbours there, whatever the clocks said that gave them. What stands out of the archive's order is put into it.
 */
export function between(surroundings: ReadonlyMap<string, Surroundings>): PageOrder {
  const last = new Map<string, Place>()
  return {
    place(conversation, _covered, stamp, existing) {
      const { before, known, behind } = surroundings.get(conversation) ?? nowhere
      // Archived once more: its place tells nothing of this item, nor this item of its place.
      if (existing?.isAgain === true) return { at: existing.at, rank: existing.rank }
      const previous = last.get(conversation) ?? before
      const isAhead = (each: Place): boolean => previous === null || comparePlaces(previous, each) < 0
      const next = known.find(isAhead) ?? (behind && isAhead(behind) ? behind : null)
      const isRight =
        existing !== null &&
        standsAfter(existing, previous, stamp) &&
        (next === null || comparePlaces(existing, next) <= 0)
      const isKnown = existing !== null && known.some((each) => comparePlaces(each, existing) === 0)
      const stays = isRight || isKnown
      const place = stays ? { at: existing.at, rank: existing.rank } : placeBetween(previous, next, stamp)
      if (previous === null || comparePlaces(previous, place) < 0) last.set(conversation, place)
      return place
    },
  }
}

function placeBetween(previous: Place | null, next: Place | null, stamp: number): Place {
  const place = placeAfter(previous, stamp)
  if (next === null || comparePlaces(place, next) < 0) return place
  // Behind the one before there is room without end; before the next one each would be longer than the last.
  if (previous !== null && previous.at < next.at) return { at: previous.at, rank: rankBetween(previous.rank, null) }
  return { at: next.at, rank: rankBetween(previous?.rank ?? null, next.rank) }
}

/** The longest selection of `places` in which each stands after the one before it: the fewest are out of it. */
export function rising(places: readonly Place[]): Place[] {
  // Of each length the selection that ends soonest; a longer one goes on from the one before.
  const ends: { readonly place: Place; readonly before: number }[] = []
  const best: number[] = []
  for (const place of places) {
    const longer = best.findIndex((end) => comparePlaces(ends[end]!.place, place) >= 0)
    const length = longer < 0 ? best.length : longer
    ends.push({ place, before: best[length - 1] ?? -1 })
    best[length] = ends.length - 1
  }
  const selected: Place[] = []
  for (let end = best.at(-1) ?? -1; end >= 0; end = ends[end]!.before) selected.unshift(ends[end]!.place)
  return selected
}

/** Items newest first, each before the one before it; `anchors`: the oldest stored place of each conversation. */
export function descending(anchors: ReadonlyMap<string, Place>): PageOrder {
  const last = new Map<string, Place>(anchors)
  return {
    place(conversation, _covered, stamp, existing) {
      const next = last.get(conversation) ?? null
      const place = existing?.isCovered ? { at: existing.at, rank: existing.rank } : placeBefore(next, stamp)
      if (next === null || comparePlaces(place, next) < 0) last.set(conversation, place)
      return place
    },
  }
}
