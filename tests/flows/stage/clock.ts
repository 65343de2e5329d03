/** A clock whose hands the test turns; timers run only while it turns them. */
import type { Clock } from '#model/clock.ts'

interface Timer {
  readonly due: number
  readonly run: () => void
}

export class ManualClock implements Clock {
  /** Wall time minus time passed; changed by `jump`, as when somebody sets the device's clock. */
  #wall: number
  #passed = 0
  #timers = new Set<Timer>()

  constructor(now = Date.UTC(2026, 10, 22, 12)) {
    this.#wall = now
  }

  now(): number {
    return this.#wall + this.#passed
  }

  monotonic(): number {
    return this.#passed
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#passed + ms, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** The device's clock is set by this much; no time passes. */
  jump(ms: number): void {
    this.#wall += ms
  }

  /** Lets time pass; before it does, and after each timer, everything that follows comes to rest. */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    await settle()
    const end = this.#passed + ms
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0]
      if (!next) break
      this.#timers.delete(next)
      this.#passed = Math.max(this.#passed, next.due)
      next.run()
      await settle()
    }
    this.#passed = end
    await settle()
  }
}
