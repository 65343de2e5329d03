/**
 * When the tail of the archive is read again: once it has been quiet for a while since something came that no page has told.
 * Reading is left to archive.ts.
 */
import type { Clock } from '#model/clock.ts'

/**
 * ms of quiet before the tail is read. `unplaced`: what came has no name in the archive yet, so its place is a guess;
 * `placed`: it told its archive id, and only what may stand beside it is asked for.
 */
export const quiet = { unplaced: 2_000, placed: 15_000 } as const
/** ms after which the tail is read though it is never quiet. */
export const longestWait = 60_000

export class Quiet {
  readonly #clock: Clock
  readonly #read: () => void
  /** Something came since the tail was last asked for: when the first of it did, and for how much quiet it waits. */
  #open: { readonly since: number; readonly pause: number } | null = null
  #cancel: () => void = () => undefined

  /** `read` is called after the quiet. */
  constructor(clock: Clock, read: () => void) {
    this.#clock = clock
    this.#read = read
  }

  get isAsked(): boolean {
    return this.#open !== null
  }

  /** The shortest pause that was asked for counts. */
  ask(pause: number): void {
    const { since, pause: before } = this.#open ?? { since: this.#clock.monotonic(), pause }
    this.#open = { since, pause: Math.min(before, pause) }
  }

  /** From now on, and anew: something came just now. */
  wait(): void {
    this.#cancel()
    if (this.#open === null) return
    const { since, pause } = this.#open
    const left = since + longestWait - this.#clock.monotonic()
    this.#cancel = this.#clock.after(Math.max(0, Math.min(pause, left)), () => this.#read())
  }

  /** The tail is asked for: what comes from now on waits anew. */
  done(): void {
    this.#open = null
  }

  lost(): void {
    this.#open = null
    this.#cancel()
  }
}
