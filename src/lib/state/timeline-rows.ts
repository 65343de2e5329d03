/** The order of a window's messages, and its rows with the gaps of the archive between them. Pure. */
import { comparePlaces, type Message } from '#model/message.ts'
import type { TimelineAnchor } from '#storage/read/message.ts'
import type { GapRow as StoredGap } from '#storage/schema.ts'
import type { TimelineRow } from './surface.ts'

/** Messages oldest first; `filling`: key of the gap that is being read. */
export function layRows(
  messages: readonly Message[],
  all: readonly StoredGap[],
  filling: string | null,
): TimelineRow[] {
  const rows: TimelineRow[] = []
  const gaps = [...all]
  let previous: Message | null = null
  for (const message of messages) {
    const next: Message = message
    const at = gaps.findIndex(
      (gap) => previous !== null && previous.at <= gap.beforeAt && next.at >= gap.beforeAt && !next.isPending,
    )
    const gap = at < 0 ? undefined : gaps.splice(at, 1)[0]
    if (gap?.id !== undefined) rows.push({ kind: 'gap', key: `gap-${gap.id}`, isLoading: filling === `gap-${gap.id}` })
    rows.push({ kind: 'message', key: String(message.localId), message })
    previous = message
  }
  return rows
}

/** What was read laid over what is known: one that changed or moved meanwhile stands once, where it was read last. */
export function layOver(known: readonly Message[], read: readonly Message[]): Message[] {
  const fresh = new Map(read.map((message) => [message.localId, message]))
  return [...known.filter((message) => !fresh.has(message.localId)), ...fresh.values()].sort(compareShown)
}

export function anchorOf(message: Message): TimelineAnchor {
  return { isPending: message.isPending, at: message.at, rank: message.rank }
}

/** As the index `timeline` sorts; equal places by local id, as its keys do. */
export function compareShown(a: Message, b: Message): number {
  if (a.isPending !== b.isPending) return a.isPending ? 1 : -1
  return comparePlaces(a, b) || a.localId - b.localId
}
