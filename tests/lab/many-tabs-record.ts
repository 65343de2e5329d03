// What was seen while many tabs came and went: takeovers, how late each tab showed what another one showed, streams, epochs.
import { setTimeout as pause } from 'node:timers/promises'
import type { Control } from '../../tools/prosody/control.mjs'
import type { AppServer } from '../../tools/serve/app.mjs'
import type { Account } from '../e2e/fixtures.ts'
import type { Notes } from './tab-notes.ts'
import type { Tab } from './tab.ts'

/** A text of the person, as far as it is known. */
export interface Wish {
  readonly body: string
  readonly from: number
  /** When the field let go of it, ms since 1970; null: the tab died, it may have been sent or not. */
  storedAt: number | null
}

/** ms in which a tab must show what another one shows; later than `lost` it never does. */
const lost = 3_000

export class Record {
  readonly bot: string[] = []
  readonly other: string[] = []
  readonly wishes: Wish[] = []
  readonly takeovers: { how: string; ms: number }[] = []
  /** ms after the first tab that another one showed the same. */
  readonly delays: number[] = []
  readonly operations = new Map<string, number>()
  /** What a tab did not show although it was awake all the time. */
  readonly missed: string[] = []
  readonly epochs: number[] = []
  /** When a leader went, and when a tab led again or it was no longer waited for; ms since 1970. */
  readonly leaderless: [from: number, to: number][] = []
  /** What was done, for the one who reads why a run went wrong. */
  readonly trail: string[] = []
  oldWrites = 0
  /** The longest time, ms, that the server had two streams of the account. */
  twoStreams = 0
  /** By tab: when it showed what; only while it stays as it is. */
  readonly #shown = new Map<Tab, Map<string, number>>()
  /** When a tab showed it, as far as was heard. */
  readonly #first = new Map<string, number>()
  readonly #unjudged = new Set<string>()

  said(who: 'bot' | 'other', body: string): void {
    this[who].push(body)
  }

  wish(body: string, saying: Promise<number | null>): void {
    const wish: Wish = { body, from: Date.now(), storedAt: null }
    this.wishes.push(wish)
    void saying.then((at) => (wish.storedAt = at))
  }

  count(operation: string): void {
    this.operations.set(operation, (this.operations.get(operation) ?? 0) + 1)
  }

  note(what: string): void {
    this.trail.push(`${new Date().toISOString().slice(11, 23)} ${what}`)
    if (process.env['TRAIL']) console.log(this.trail.at(-1))
  }

  tookOver(how: string, ms: number): void {
    this.takeovers.push({ how, ms })
    this.note(`another leads after ${ms} ms`)
  }

  /** Takes a tab's notes over; null: it sleeps. */
  async take(tab: Tab): Promise<Notes | null> {
    const notes = await tab.notes()
    if (!notes) return null
    this.oldWrites += notes.oldWrites
    this.epochs.push(...notes.epochs)
    const shown = this.#shown.get(tab) ?? new Map<string, number>()
    this.#shown.set(tab, shown)
    for (const [what, at] of notes.seen) {
      shown.set(what, at)
      // What stood there when the tab was opened or woken says nothing of how soon it is told.
      if (at < tab.awakeSince || this.#first.has(what)) continue
      this.#first.set(what, at)
      this.#unjudged.add(what)
    }
    this.#judge()
    return notes
  }

  /** It sleeps, is gone or is loaded anew: what it showed until now says nothing of what it shows later. */
  forget(tab: Tab): void {
    this.#shown.delete(tab)
  }

  /** Compares the tabs that were awake from before the first of them showed something until long after it. */
  #judge(): void {
    const now = Date.now()
    for (const what of this.#unjudged) {
      const heard = this.#first.get(what) ?? now
      if (now - heard < lost) continue
      this.#unjudged.delete(what)
      // Whoever was asked first need not have been the first.
      const first = Math.min(heard, ...[...this.#shown.values()].map((shown) => shown.get(what) ?? heard))
      for (const [tab, shown] of this.#shown) if (tab.awakeSince < first) this.#compare(tab, what, first, shown)
    }
  }

  #compare(tab: Tab, what: string, first: number, shown: ReadonlyMap<string, number>): void {
    const at = shown.get(what) ?? this.#laterCount(shown, what)
    if (at === first) return
    // Between two leaders nobody tells anything; how long that lasts is measured as the takeover.
    const end = at ?? first + lost
    if (this.leaderless.some(([from, to]) => from <= end && first <= to)) return
    if (at === undefined) {
      this.missed.push(`${tab.name}: ${what}`)
      this.note(`${tab.name} did not show ${what}`)
    } else this.delays.push(at - first)
  }

  /** A count that grew by two at once was overtaken by a larger one. */
  #laterCount(shown: ReadonlyMap<string, number>, what: string): number | undefined {
    const [, name, count] = /^(u[0-9a-f]+):(\d+)\+?$/.exec(what) ?? []
    if (name === undefined) return undefined
    const later = [...shown].filter(
      ([each]) => each.startsWith(`${name}:`) && Number.parseInt(each.slice(name.length + 1)) > Number(count),
    )
    return later.length > 0 ? Math.min(...later.map(([, at]) => at)) : undefined
  }

  /** Counts streams at the server and connections on the way there until `isOver`. */
  async watchStreams(prosody: Control, { user }: Account, app: AppServer, isOver: () => boolean): Promise<void> {
    let since: number | null = null
    while (!isOver()) {
      const open = (await prosody.sessions(user)).filter(({ hibernating }) => !hibernating)
      const streams = Math.max(open.length, app.tunnel?.size ?? 0)
      since = streams > 1 ? (since ?? Date.now()) : null
      if (since !== null) this.twoStreams = Math.max(this.twoStreams, Date.now() - since)
      await pause(100)
    }
  }
}
