/**
 * Who leads: one tab an account holds the lock, owns the socket and writes. A visible follower that gets no answer twice
 * takes the lock; what the former leader still writes is fenced off by the epoch.
 */
import type { Clock } from '#model/clock.ts'
import type { Network } from '#model/network.ts'
import type { HeldLock, Tabs } from '#model/tabs.ts'

/** ms a leader may take to answer, and between two questions to one that does. */
const silence = 1_000
const pause = 1_500

export interface LeaderListener {
  /** We lead now. */
  lead(): void
  /** We lead no more; nothing may be written. */
  yield(): void
}

type Signal = { readonly kind: 'ping'; readonly from: string } | { readonly kind: 'pong'; readonly to: string }

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
    const offNetwork = this.#network.onChange(() => this.#watch())
    this.#unlisten = () => {
      offSignals()
      offNetwork()
    }
    void this.#wait()
    this.#watch()
  }

  /** Gives the lead away for good (closing, signing out). */
  stop(): void {
    this.#isOver = true
    this.#cancel()
    this.#unlisten()
    this.#waiting?.abort()
    this.#held?.release()
    this.#held = null
  }

  async #wait(): Promise<void> {
    const waiting = new AbortController()
    this.#waiting = waiting
    try {
      this.#take(await this.#tabs.hold(this.#lock, { signal: waiting.signal }))
    } catch {
      // Aborted: stopped, or the lock was taken the other way.
    }
  }

  #take(held: HeldLock): void {
    if (this.#isOver) return held.release()
    this.#cancel()
    this.#held = held
    void held.lost.then(() => {
      if (this.#held !== held) return
      this.#held = null
      if (this.#isOver) return
      this.#listener.yield()
      void this.#wait()
      this.#watch()
    })
    this.#listener.lead()
  }

  /** Answered in the message handler: timers of hidden tabs are throttled, messages are not. */
  #receive(signal: Signal): void {
    if (signal.kind === 'ping' && this.#held)
      this.#tabs.post(this.#lock, { kind: 'pong', to: signal.from } satisfies Signal)
    if (signal.kind === 'pong' && signal.to === this.#tabs.id) this.#heard = true
  }

  #watch(): void {
    this.#cancel()
    if (this.#isOver || this.#held || !this.#network.isVisible()) return
    this.#ask(1)
  }

  #ask(attempt: 1 | 2): void {
    this.#heard = false
    this.#tabs.post(this.#lock, { kind: 'ping', from: this.#tabs.id } satisfies Signal)
    this.#cancel = this.#clock.after(silence, () => {
      if (this.#isOver || this.#held) return
      if (this.#heard) this.#cancel = this.#clock.after(pause, () => this.#watch())
      else if (attempt === 1) this.#ask(2)
      else void this.#steal()
    })
  }

  async #steal(): Promise<void> {
    this.#waiting?.abort()
    this.#take(await this.#tabs.hold(this.#lock, { steal: true }))
  }
}
