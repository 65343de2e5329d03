/**
 * Between a session and whoever uses it: what it says before it is taken waits, in order. A resumed session hears stanzas
 * before it has proven itself, and nobody could commit or acknowledge them yet.
 */
import type { Failure } from '#model/failure.ts'
import type { XMLElement } from './element.ts'
import type { Proof } from './login.ts'
import type { SessionListener } from './session.ts'
import type { Told } from './stream-management.ts'

/** What belongs to the opening itself. */
type AtOnce = Pick<SessionListener, 'resuming' | 'told' | 'proven'>

export class Relay implements SessionListener {
  readonly #atOnce: AtOnce
  #listener: SessionListener | null = null
  readonly #waiting: ((listener: SessionListener) => void)[] = []

  constructor(atOnce: AtOnce) {
    this.#atOnce = atOnce
  }

  /** From now on `listener` hears everything, first what waited. */
  listen(listener: SessionListener): void {
    this.#listener = listener
    for (const tell of this.#waiting.splice(0)) tell(listener)
  }

  #tell(what: (listener: SessionListener) => void): void {
    if (this.#listener) what(this.#listener)
    else this.#waiting.push(what)
  }

  resuming(): void {
    this.#atOnce.resuming()
  }

  told(told: Told): Promise<void> {
    return this.#atOnce.told(told)
  }

  proven(proof: Proof): void {
    this.#atOnce.proven(proof)
  }

  incoming(stanza: XMLElement, number: number): void {
    this.#tell((listener) => listener.incoming(stanza, number))
  }

  acked(handled: number): void {
    this.#tell((listener) => listener.acked(handled))
  }

  ackDue(handled: number): void {
    this.#tell((listener) => listener.ackDue(handled))
  }

  closed(failure: Failure): void {
    this.#tell((listener) => listener.closed(failure))
  }
}
