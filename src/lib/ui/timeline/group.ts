/**
 * Lays the rows of the window out as days and groups: which message starts or ends a run of one sender,
 * where a day begins, where the "new messages" divider stands. Pure; what it looks like is told by the components.
 */
import type { LocalId } from '#model/message.ts'
import type { TimelineRow } from '#state/surface.ts'

/** Messages of one sender at most this far apart (ms) stand together. */
export const groupSpan = 5 * 60_000

interface TimelineItem {
  readonly key: string
  readonly row: TimelineRow
  readonly startsGroup: boolean
  readonly endsGroup: boolean
  /** The first message that was unread when the conversation was opened. */
  readonly isFirstUnread: boolean
}

export interface TimelineDay {
  /** Calendar day in the person's time zone, and the first row's key: a day may come twice when clocks disagree. */
  readonly key: string
  /** ms since the epoch, of the first message of the day. */
  readonly at: number
  readonly items: readonly TimelineItem[]
}

/** A calendar day of the person's time zone as text; equal for two times of one day. */
function dayOf(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

function isTogether(above: TimelineRow | undefined, below: TimelineRow | undefined, unreadFrom: LocalId | null) {
  if (above?.kind !== 'message' || below?.kind !== 'message') return false
  const [a, b] = [above.message, below.message]
  if (b.localId === unreadFrom) return false
  if (a.isOwn !== b.isOwn || a.senderJid !== b.senderJid) return false
  return Math.abs(b.at - a.at) <= groupSpan && dayOf(a.at) === dayOf(b.at)
}

/** State may wrap an unchanged message anew: what counts is the message. */
function isSameRow(a: TimelineRow, b: TimelineRow): boolean {
  if (a.kind === 'message') return b.kind === 'message' && a.message === b.message
  return b.kind === 'gap' && a.isLoading === b.isLoading
}

function isSameItem(a: TimelineItem | undefined, b: TimelineItem): a is TimelineItem {
  return (
    a !== undefined &&
    isSameRow(a.row, b.row) &&
    a.startsGroup === b.startsGroup &&
    a.endsGroup === b.endsGroup &&
    a.isFirstUnread === b.isFirstUnread
  )
}

/**
 * Rows (oldest first) as days of items. A gap belongs to the day of the message before it.
 * What is equal to the previous layout is handed back as the same object, so that only changed rows are drawn again.
 */
export function layDays(
  rows: readonly TimelineRow[],
  unreadFrom: LocalId | null,
  previous: readonly TimelineDay[] = [],
): readonly TimelineDay[] {
  const known = new Map<string, TimelineItem>()
  const knownDays = new Map<string, TimelineDay>()
  for (const day of previous) {
    knownDays.set(day.key, day)
    for (const item of day.items) known.set(item.key, item)
  }

  const days: { day: string; at: number; items: TimelineItem[] }[] = []
  rows.forEach((row, index) => {
    const item: TimelineItem = {
      key: row.key,
      row,
      startsGroup: !isTogether(rows[index - 1], row, unreadFrom),
      endsGroup: !isTogether(row, rows[index + 1], unreadFrom),
      isFirstUnread: row.kind === 'message' && row.message.localId === unreadFrom,
    }
    const old = known.get(row.key)
    const kept = isSameItem(old, item) ? old : item
    const last = days.at(-1)
    const at = placeOf(rows, index)
    if (last !== undefined && last.day === dayOf(at)) last.items.push(kept)
    else days.push({ day: dayOf(at), at, items: [kept] })
  })
  return nameDays(days, knownDays)
}

/** A gap has no time of its own: it takes that of the message above it, at the very top of the one below. */
function placeOf(rows: readonly TimelineRow[], index: number): number {
  for (let i = index; i >= 0; i--) {
    const row = rows[i]
    if (row?.kind === 'message') return row.message.at
  }
  for (const row of rows) if (row.kind === 'message') return row.message.at
  return 0
}

function nameDays(
  days: readonly { day: string; at: number; items: readonly TimelineItem[] }[],
  known: ReadonlyMap<string, TimelineDay>,
): readonly TimelineDay[] {
  const times = new Map<string, number>()
  return days.map(({ day, at, items }) => {
    const nth = (times.get(day) ?? 0) + 1
    times.set(day, nth)
    const key = `${day}#${nth}`
    const old = known.get(key)
    const isSame =
      old !== undefined && old.items.length === items.length && old.items.every((item, i) => item === items[i])
    return isSame ? old : { key, at, items }
  })
}
