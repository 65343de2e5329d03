/**
 * A session between the sign-in that opened it and the connection that will use it: what the server says meanwhile waits, in order.
 * Opening is session.ts; whoever takes it hears it as if it had opened it.
 */
import { Failed } from '#model/failure.ts'
import type { Proof } from './login.ts'
import { Relay } from './relay.ts'
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
    let proof = null as Proof | null
    const nothing = (): void => undefined
    const relay = new Relay({ resuming: nothing, told: () => Promise.resolve(), proven: (given) => (proof = given) })
    let abort = (): void => undefined
    try {
      const session = await new Promise<Session>((resolve, reject) => {
        const opening = new Session(options, relay, resolve, reject)
        abort = () => opening.close('end')
        signal.addEventListener('abort', abort)
        opening.connect()
      })
      if (proof) return new ProvenSession(proof, session, relay, options)
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
