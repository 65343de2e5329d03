/**
 * Who leads: one tab an account holds the lock, owns the socket and writes. A visible follower that gets no answer twice
 * takes the lock; what the former leader still writes is fenced off by the epoch.
 */
import type { Clock } from '#model/clock.ts'
import type { Network } from '#model/network.ts'
import type { HeldLock, Tabs } from '#model/tabs.ts'

/** ms between two questions of a visible follower, and that the leader may take to answer one. */
const beat = 600

export interface LeaderListener {
  /** We lead now. */
  lead(): void
  /** We lead no more; nothing may be written. */
  yield(): void
  /** The number of what was announced last, for those who may have missed it; null: nothing yet. */
  told(): number | null
  /** The leader lives, and has announced so much. */
  heard(told: number): void
}

/** `pong`: to all, whoever asked. */
type Signal = { readonly kind: 'ping' } | { readonly kind: 'pong'; readonly told: number | null }

export class Leadership {
  readonly #tabs: Tabs
  readonly #clock: Clock
  readonly #network: Network
  readonly #lock: string
  readonly #listener: LeaderListener
  #held: HeldLock | null = null
  #waiting: AbortController | null = null
  #isOver = false
  #unlisten: () => void = () => undefined
  #cancel: () => void = () => undefined
  #heard = false

  constructor(tabs: Tabs, clock: Clock, network: Network, lock: string, listener: LeaderListener) {
    this.#tabs = tabs
    this.#clock = clock
    this.#network = network
    this.#lock = lock
    this.#listener = listener
  }

  get isLeader(): boolean {
    return this.#held !== null
  }

  start(): void {
    const offSignals = this.#tabs.listen(this.#lock, (message) => this.#receive(message as Signal))
    const offNetwork = this.#network.onChange(() => this.#turn())
    this.#unlisten = () => {
      offSignals()
      offNetwork()
    }
    this.#turn()
  }

  /** Gives the lead away for good (closing, signing out). */
  stop(): void {
    this.#isOver = true
    this.#unlisten()
    this.#rest()
  }

  /** Gives the lead to the next in line, which may be this tab: what was written here since another one led is void. */
  stepDown(): void {
    this.#yield()
    this.#turn()
  }

  /** The page was shown, hidden, woken or put to sleep, or another tab took the lock. */
  #turn(): void {
    if (this.#isOver) return
    // One that sleeps answers questions at times, and does nothing else for the others.
    if (this.#network.isFrozen()) return this.#rest()
    if (!this.#held && !this.#waiting) void this.#wait()
    this.#watch()
  }

  /** Neither leads nor stands in line: the lock would go to a tab that does nothing with it. */
  #rest(): void {
    this.#cancel()
    this.#waiting?.abort()
    this.#waiting = null
    this.#yield()
  }

  #yield(): void {
    const held = this.#held
    if (!held) return
    this.#held = null
    if (!this.#isOver) this.#listener.yield()
    held.release()
  }

  async #wait(): Promise<void> {
    const waiting = new AbortController()
    this.#waiting = waiting
    try {
      this.#take(await this.#tabs.hold(this.#lock, { signal: waiting.signal }))
    } catch {
      // Given up, or taken by another tab at the same moment: the next question finds out who answers.
    } finally {
      if (this.#waiting === waiting) this.#waiting = null
    }
  }

  #take(held: HeldLock): void {
    if (this.#isOver || this.#network.isFrozen()) return held.release()
    this.#cancel()
    this.#waiting?.abort()
    this.#waiting = null
    this.#held = held
    void held.lost.then(() => {
      if (this.#held === held) this.stepDown()
    })
    // Other followers that ask right now need not take it once more.
    this.#answer()
    this.#listener.lead()
  }

  /** Answered in the message handler: timers of hidden tabs are throttled, messages are not. */
  #receive(signal: Signal): void {
    if (signal.kind === 'ping') {
      if (this.#held) this.#answer()
      return
    }
    this.#heard = true
    if (!this.#held && signal.told !== null) this.#listener.heard(signal.told)
  }

  #answer(): void {
    this.#post({ kind: 'pong', told: this.#listener.told() })
  }

  #post(signal: Signal): void {
    this.#tabs.post(this.#lock, signal)
  }

  #watch(): void {
    this.#cancel()
    if (!this.#held && this.#network.isVisible()) this.#ask(1)
  }

  #ask(attempt: 1 | 2): void {
    this.#heard = false
    this.#post({ kind: 'ping' })
    this.#cancel = this.#clock.after(beat, () => {
      if (this.#isOver || this.#held) return
      if (this.#heard) this.#watch()
      else if (attempt === 1) this.#ask(2)
      else void this.#steal()
    })
  }

  async #steal(): Promise<void> {
    this.#waiting?.abort()
    this.#waiting = null
    try {
      this.#take(await this.#tabs.hold(this.#lock, { steal: true }))
    } catch {
      // Another follower was quicker.
      this.#turn()
    }
  }
}
