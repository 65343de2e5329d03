/**
 * Keeps one session open: tries, waits with growing pauses, tries at once when the network or the person comes back,
 * and stops where trying again would do harm. What goes over the session is left to wire.ts.
 */
import type { Clock } from '#model/clock.ts'
import { failureOf, type Failure, type FailureName } from '#model/failure.ts'
import type { Network } from '#model/network.ts'
import { Relay } from './relay.ts'
import { openSession, type Session, type SessionListener, type SessionOptions } from './session.ts'

export type ConnectionState =
  | { readonly phase: 'stopped'; readonly failure: Failure | null }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'waiting'; readonly failure: Failure; readonly retryAt: number | null }
  | { readonly phase: 'open' }

export interface ConnectionListener extends SessionListener {
  state(state: ConnectionState): void
  opened(session: Session): void
  /** A try came to nothing. */
  refused(failure: Failure): void
}

/** Failures after which only the person can decide; a loop of tries would lock accounts or throw out another device. */
const final: ReadonlySet<FailureName> = new Set([
  'conflict',
  'wrong-password',
  'password-needed',
  'account-disabled',
  'login-no-mechanism',
  'login-downgrade',
  'server-not-proven',
  'wrong-domain',
  'endpoint-insecure',
])

/** ms after which it is tried although the browser says that there is no network. */
const offlinePause = 30_000

export interface Backoff {
  /** ms before the first retry, and the most; each pause doubles, with a jitter of a quarter. */
  readonly first: number
  readonly most: number
}

export class Connection {
  session: Session | null = null
  /** Tries without use: the exponent of the next pause. */
  #tries = 0
  /** When the session opened, by the monotonic clock, in ms. */
  #openedAt = 0
  #isWanted = false
  #isTrying = false
  #wasOnline = true
  #wasVisible = true
  #cancel: () => void = () => undefined
  #unlisten: () => void = () => undefined
  readonly #clock: Clock
  readonly #network: Network
  readonly #backoff: Backoff
  readonly #options: () => Promise<SessionOptions>
  readonly #listener: ConnectionListener

  constructor(
    clock: Clock,
    network: Network,
    backoff: Backoff,
    options: () => Promise<SessionOptions>,
    listener: ConnectionListener,
  ) {
    this.#clock = clock
    this.#network = network
    this.#backoff = backoff
    this.#options = options
    this.#listener = listener
  }

  start(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    this.#wasOnline = this.#network.isOnline()
    this.#wasVisible = this.#network.isVisible()
    this.#unlisten = this.#network.onChange(() => this.#networkChanged())
    this.#next()
  }

  /** At once, whatever the pause; also after a stop that needed a decision. */
  tryNow(): void {
    if (!this.#isWanted) return this.start()
    if (this.session) return this.session.probe()
    this.#tries = 0
    this.#next(true)
  }

  stop(how: 'end' | 'drop'): void {
    this.#isWanted = false
    this.#cancel()
    this.#unlisten()
    const session = this.session
    this.session = null
    session?.close(how)
    this.#listener.state({ phase: 'stopped', failure: null })
  }

  #networkChanged(): void {
    const isBetter = (this.#network.isOnline() && !this.#wasOnline) || (this.#network.isVisible() && !this.#wasVisible)
    this.#wasOnline = this.#network.isOnline()
    this.#wasVisible = this.#network.isVisible()
    if (!isBetter || !this.#wasOnline) return
    // A socket may have died in silence while the machine slept or changed networks.
    if (this.session) this.session.probe()
    else if (!this.#isTrying) {
      this.#tries = 0
      this.#next()
    }
  }

  /** `isForced`: whatever the browser says of the network; it is wrong at times. */
  #next(isForced = false): void {
    this.#cancel()
    if (!this.#isWanted || this.#isTrying || this.session) return
    if (!this.#network.isOnline() && !isForced) {
      this.#cancel = this.#clock.after(offlinePause, () => this.#next(true))
      const failure: Failure = { what: 'offline', remedy: 'wait', cause: 'navigator is offline' }
      return this.#listener.state({ phase: 'waiting', failure, retryAt: null })
    }
    this.#isTrying = true
    this.#listener.state({ phase: 'connecting' })
    void this.#try()
  }

  async #try(): Promise<void> {
    const listener: SessionListener = {
      incoming: (stanza, number) => this.#listener.incoming(stanza, number),
      resuming: () => this.#listener.resuming(),
      told: (told) => this.#listener.told(told),
      acked: (handled) => this.#listener.acked(handled),
      ackDue: (handled) => this.#listener.ackDue(handled),
      proven: (proof) => this.#listener.proven(proof),
      closed: (failure) => this.#lost(failure),
    }
    try {
      const options = await this.#options()
      if (!this.#isWanted) return void (this.#isTrying = false)
      const taken = options.opened?.take() ?? null
      const relay = new Relay(listener)
      const session = taken ?? (await openSession(options, relay))
      this.#isTrying = false
      if (!this.#isWanted) return session.close('drop')
      if (session.isOpen) this.#opened(session)
      try {
        if (taken) options.opened?.listen(listener)
        else relay.listen(listener)
      } catch (error) {
        // As where it breaks while a frame is read: this ends the stream, and its end is heard by now.
        session.fail(failureOf(error))
      }
    } catch (error) {
      this.#isTrying = false
      this.#listener.refused(failureOf(error))
      this.#wait(failureOf(error))
    }
  }

  #opened(session: Session): void {
    this.session = session
    this.#openedAt = this.#clock.monotonic()
    this.#listener.state({ phase: 'open' })
    this.#listener.opened(session)
  }

  #lost(failure: Failure): void {
    this.#isTrying = false
    const wasOpen = this.session !== null
    this.session = null
    // A server that binds and hangs up is as good as one that refuses: what stood shorter than its pause was of no use.
    if (wasOpen && this.#clock.monotonic() - this.#openedAt >= this.#pause) this.#tries = 0
    if (wasOpen) this.#listener.closed(failure)
    this.#wait(failure)
  }

  /** ms until the next try, before the jitter. */
  get #pause(): number {
    return Math.min(this.#backoff.most, this.#backoff.first * 2 ** this.#tries)
  }

  #wait(failure: Failure): void {
    if (!this.#isWanted) return
    if (final.has(failure.what)) {
      this.#isWanted = false
      this.#unlisten()
      return this.#listener.state({ phase: 'stopped', failure })
    }
    const delay = this.#pause * (0.75 + 0.5 * Math.random())
    this.#tries++
    const isOnline = this.#network.isOnline()
    this.#listener.state({ phase: 'waiting', failure, retryAt: isOnline ? this.#clock.now() + delay : null })
    this.#cancel = this.#clock.after(delay, () => this.#next())
  }
}
