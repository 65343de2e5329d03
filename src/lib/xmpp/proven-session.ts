/**
 * A session between the sign-in that opened it and the connection that will use it: what the server says meanwhile waits, in order.
 * Opening is session.ts; whoever takes it hears it as if it had opened it.
 */
import { Failed } from '#model/failure.ts'
import type { Proof } from './login.ts'
import { Session, type OpenedBefore, type SessionListener, type SessionOptions } from './session.ts'

export class ProvenSession implements OpenedBefore {
  readonly proof: Proof
  #session: Session | null
  readonly #relay: Relay
  readonly #cancel: () => void

  private constructor(proof: Proof, session: Session, relay: Relay, { clock, openLimit }: SessionOptions) {
    this.proof = proof
    this.#session = session
    this.#relay = relay
    // Who was to take it may have gone: an open session that nobody reads must not stand for ever.
    this.#cancel = clock.after(openLimit, () => this.drop())
  }

  /** Opens and binds a session whose server has proven itself; the signal closes its socket at any step. @throws Failed */
  static async open(options: SessionOptions, signal: AbortSignal): Promise<ProvenSession> {
    const relay = new Relay()
    let abort = (): void => undefined
    try {
      const session = await new Promise<Session>((resolve, reject) => {
        const opening = new Session(options, relay, resolve, reject)
        abort = () => opening.close('end')
        signal.addEventListener('abort', abort)
        opening.connect()
      })
      if (relay.proof) return new ProvenSession(relay.proof, session, relay, options)
      session.close('end')
      throw new Failed('server-not-proven', 'give-up', 'bound without proof')
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  take(): Session | null {
    this.#cancel()
    const session = this.#session
    this.#session = null
    return session?.isOpen ? session : null
  }

  listen(listener: SessionListener): void {
    this.#relay.listen(listener)
  }

  drop(): void {
    this.take()?.close('end')
  }
}

/** Keeps what is heard until somebody listens. */
class Relay implements SessionListener {
  proof: Proof | null = null
  #listener: SessionListener | null = null
  readonly #waiting: ((listener: SessionListener) => void)[] = []

  listen(listener: SessionListener): void {
    this.#listener = listener
    for (const tell of this.#waiting.splice(0)) tell(listener)
  }

  #tell(what: (listener: SessionListener) => void): void {
    if (this.#listener) what(this.#listener)
    else this.#waiting.push(what)
  }

  incoming(...given: Parameters<SessionListener['incoming']>): void {
    this.#tell((listener) => listener.incoming(...given))
  }

  resuming(): void {
    this.#tell((listener) => listener.resuming())
  }

  acked(handled: number): void {
    this.#tell((listener) => listener.acked(handled))
  }

  ackDue(handled: number): void {
    this.#tell((listener) => listener.ackDue(handled))
  }

  closed(...given: Parameters<SessionListener['closed']>): void {
    this.#tell((listener) => listener.closed(...given))
  }

  /** Told to nobody else: whoever opened the session reads it there. */
  proven(proof: Proof): void {
    this.proof = proof
  }
}
