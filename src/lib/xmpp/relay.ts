/**
 * Between a session and whoever uses it: what it says before it is taken waits, in order. A resumed session hears stanzas
 * before it has proven itself, and nobody could commit or acknowledge them yet.
 */
import type { Failure } from '#model/failure.ts'
import type { XMLElement } from './element.ts'
import type { Proof } from './login.ts'
import type { SessionListener } from './session.ts'

export class Relay implements SessionListener {
  readonly #atOnce: Pick<SessionListener, 'resuming' | 'resumed' | 'proven'>
  #listener: SessionListener | null = null
  readonly #waiting: ((listener: SessionListener) => void)[] = []

  /** `atOnce` hears what belongs to the opening itself. */
  constructor(atOnce: Pick<SessionListener, 'resuming' | 'resumed' | 'proven'>) {
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

  resumed(handled: number | null): void {
    this.#atOnce.resumed(handled)
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
