/**
 * A ring of what was handled, for a bug report that the person exports. By its types it can hold names out of closed lists,
 * numbers and opaque ids, and nothing else: no text that anybody wrote, no address, no cause.
 */
import type { Command, EngineState, Question } from './command.ts'
import type { FailureName } from './failure.ts'
import type { Refusal } from './incoming.ts'
import type { ConversationId } from './message.ts'

/** An id of ours that means nothing outside this browser; made only by `logIdOf`. */
declare const checked: unique symbol
type LogId = string & { readonly [checked]: true }

export interface LogNote {
  readonly where: 'connection' | 'storage' | 'gate' | 'request' | 'sign-in'
  readonly what: FailureName | Refusal
  /** What was going on. */
  readonly during?: Command['do'] | Question['ask'] | EngineState['connection']['phase'] | undefined
  readonly conversation?: LogId | undefined
  /** Characters of a text that is not here. */
  readonly size?: number | undefined
}

export interface LogEntry extends LogNote {
  /** ms since the epoch, of the first and the last of `count` equal ones that came close together. */
  readonly at: number
  readonly until: number
  readonly count: number
}

export interface Log {
  note(note: LogNote): void
  /** Oldest first. */
  entries(): readonly LogEntry[]
}

const most = 500

/** An entry that is equal to one of so many before it is counted there. */
const recent = 20

export class RingLog implements Log {
  readonly #now: () => number
  #entries: LogEntry[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  note(note: LogNote): void {
    const now = this.#now()
    // A flood, even of a few kinds in turn, must not wash away what came before it.
    const at = this.#entries.findLastIndex((entry) => isEqual(entry, note))
    const known = at >= this.#entries.length - recent ? this.#entries[at] : undefined
    if (known) this.#entries[at] = { ...known, until: now, count: known.count + 1 }
    else this.#entries.push({ at: now, until: now, count: 1, ...note })
    if (this.#entries.length > most) this.#entries = this.#entries.slice(-most)
  }

  entries(): readonly LogEntry[] {
    return this.#entries
  }
}

function isEqual(one: LogNote, other: LogNote): boolean {
  const parts = ['where', 'what', 'during', 'conversation', 'size'] as const
  return parts.every((part) => one[part] === other[part])
}

/** The id as the log may hold it; undefined where it is none of `randomId`. */
export function logIdOf(id: ConversationId): LogId | undefined {
  return /^[\w-]{16}$/.test(id) ? (id as LogId) : undefined
}
