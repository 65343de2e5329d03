/**
 * Finds out that a connection is dead although nobody says so, and asks only where nothing else shows that it is alive.
 * Whatever comes shows that the server is there; that it hears us, only an answer shows: a network may carry one way only,
 * for as long as somebody talks to us.
 */
import type { Clock } from '#model/clock.ts'

export interface KeepaliveTimes {
  /** ms without a sign before one is asked for. */
  readonly interval: number
  /** ms of silence that an answer may take. */
  readonly answer: number
}

/** What the server has to send first comes before its answer, and may take its time: so many times `answer` in all. */
export const patience = 4

const nothing = (): void => undefined

export class Keepalive {
  readonly #clock: Clock
  readonly #times: KeepaliveTimes
  readonly #ask: () => void
  readonly #dead: (cause: string) => void
  #stopSilence = nothing
  #stopDeafness = nothing
  #isOn = false
  #isAsked = false

  /** `ask` writes what the server answers; `dead` ends the connection so that it can be resumed. */
  constructor(clock: Clock, times: KeepaliveTimes, ask: () => void, dead: (cause: string) => void) {
    this.#clock = clock
    this.#times = times
    this.#ask = ask
    this.#dead = dead
  }

  start(): void {
    this.#isOn = true
    this.came()
    this.answered()
  }

  /** Anything at all came. */
  came(): void {
    if (!this.#isOn) return
    this.#stopSilence()
    this.#stopSilence = this.#clock.after(this.#times.interval, () => this.probe())
  }

  /** What came answers something that we wrote. */
  answered(): void {
    if (!this.#isOn) return
    this.#isAsked = false
    this.#stopDeafness()
    this.#stopDeafness = this.#clock.after(this.#times.interval, () => this.#doubt())
  }

  /** Asks now. */
  probe(): void {
    if (!this.#isOn) return
    const { answer } = this.#times
    this.#doubt()
    this.#stopSilence()
    this.#stopSilence = this.#clock.after(answer, () => this.#dead(`no answer in ${answer} ms`))
  }

  stop(): void {
    this.#isOn = false
    this.#stopSilence()
    this.#stopDeafness()
  }

  #doubt(): void {
    this.#ask()
    if (this.#isAsked) return
    this.#isAsked = true
    this.#stopDeafness()
    this.#stopDeafness = this.#clock.after(patience * this.#times.answer, () => this.#dead('it does not hear'))
  }
}
