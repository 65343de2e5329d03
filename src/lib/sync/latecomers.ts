/**
 * What an archive puts behind what it told already: pages that follow on each other never tell that. Where it is to be
 * looked for, and when; reading is left to archive.ts.
 */
import type { Clock } from '#model/clock.ts'

/**
 * ms between stamp and store. `usual`: ejabberd stamps first and stores later, many at once. `slowest`: where the session
 * that is to store it hangs over its dead connection (20 s there).
 */
const lateness = { usual: 10_000, slowest: 30_000 } as const

/** Stamps in ms; `end` null: where the pages end by then; `due`: monotonic ms. */
interface Window {
  readonly start: number
  readonly end: number | null
  readonly due: number
}

export class Latecomers {
  readonly #clock: Clock
  #windows: Window[] = []
  #hasInherited = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A new session reads on from `began`, and pages have told everything up to `end`. Stamps in ms; 0: nothing was told. */
  expect(began: number, end: number): void {
    const now = this.#clock.monotonic()
    const { usual, slowest } = lateness
    // An archive that was empty has nothing behind its end.
    if (began !== 0) this.#windows.push({ start: began - usual, end: began, due: now })
    if (end === 0) return
    this.#windows.push({ start: end - usual, end, due: now })
    // By then something newer may have been told, and what is stored late stands before it.
    this.#windows.push({ start: end - slowest, end: null, due: now + slowest })
  }

  /**
   * What the lead before us expected is not known: the session may be younger than that, and its pages reach at most as much
   * further. `began` as above; `end`: of what may have been passed over, null where the session goes on. Once for each lead.
   */
  inherit(began: number, end: number | null): void {
    if (this.#hasInherited) return
    this.#hasInherited = true
    const { slowest } = lateness
    if (began !== 0) this.#windows.push({ start: began - 2 * slowest, end, due: this.#clock.monotonic() + slowest })
  }

  /** ms until there is something to be looked for; null: nothing is. */
  get wait(): number | null {
    if (this.#windows.length === 0) return null
    return Math.max(0, Math.min(...this.#windows.map(({ due }) => due)) - this.#clock.monotonic())
  }

  /** Looks where it is time, nowhere twice; what cannot be read is kept for the next time. @throws Failed */
  async look(read: (start: number, end: number | null) => Promise<void>): Promise<void> {
    const now = this.#clock.monotonic()
    for (const { start, end, of } of stretchesOf(this.#windows.filter(({ due }) => due <= now))) {
      await read(start, end)
      this.#windows = this.#windows.filter((each) => !of.includes(each))
    }
  }
}

interface Stretch {
  readonly start: number
  readonly end: number | null
  readonly of: readonly Window[]
}

/** Sessions that are lost in quick succession expect much the same: what overlaps is one. */
function stretchesOf(windows: readonly Window[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const window of windows.toSorted((a, b) => a.start - b.start)) {
    const last = stretches.at(-1)
    if (last && (last.end === null || window.start <= last.end)) {
      const end = last.end === null || window.end === null ? null : Math.max(last.end, window.end)
      stretches[stretches.length - 1] = { start: last.start, end, of: [...last.of, window] }
    } else stretches.push({ start: window.start, end: window.end, of: [window] })
  }
  return stretches
}
