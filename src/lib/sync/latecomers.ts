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

/** Stamps in ms; `due`: monotonic ms. */
interface Window {
  readonly start: number
  readonly end: number
  readonly due: number
}

export class Latecomers {
  readonly #clock: Clock
  #windows: Window[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A new session reads on from `began`, and pages have told everything up to `end`. Stamps in ms; 0: nothing was told. */
  expect(began: number, end: number): void {
    const now = this.#clock.monotonic()
    const { usual, slowest } = lateness
    const windows = [
      { start: began - usual, end: began, due: now },
      { start: end - usual, end, due: now },
      { start: end - slowest, end, due: now + slowest },
    ]
    // An archive that was empty has nothing behind its end.
    this.#windows.push(...windows.filter((window) => window.end !== 0))
  }

  /** ms until there is something to be looked for; null: nothing is. */
  get wait(): number | null {
    if (this.#windows.length === 0) return null
    return Math.max(0, Math.min(...this.#windows.map(({ due }) => due)) - this.#clock.monotonic())
  }

  /** Looks where it is time; what cannot be read is kept for the next time. @throws Failed */
  async look(read: (start: number, end: number) => Promise<void>): Promise<void> {
    const now = this.#clock.monotonic()
    for (const window of this.#windows.filter(({ due }) => due <= now)) {
      await read(window.start, window.end)
      this.#windows = this.#windows.filter((each) => each !== window)
    }
  }
}
