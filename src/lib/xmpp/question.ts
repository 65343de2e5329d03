/**
 * Questions to a server and its answers (iq): each answer goes to who asked, if it comes from who was asked.
 */
import type { Clock } from '#model/clock.ts'
import { Failed } from '#model/failure.ts'
import { domainOf, type BareJid, type FullJid } from '#model/jid.ts'
import { randomId } from '#model/random.ts'
import { attributeOf, element, type Markup, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'
import { failureOfStanza } from './stanza-error.ts'

export interface Question {
  readonly type: 'get' | 'set'
  /** null: our own account at our server. */
  readonly to: string | null
  readonly payload: Markup
  /** ms to wait. */
  readonly limit: number
}

interface Asked {
  readonly to: string | null
  resolve(answer: XMLElement): void
  reject(error: Failed): void
  stop(): void
}

export class Questions {
  readonly #own: BareJid
  readonly #clock: Clock
  readonly #send: (xml: string) => void
  readonly #asked = new Map<string, Asked>()

  constructor(own: BareJid, clock: Clock, send: (xml: string) => void) {
    this.#own = own
    this.#clock = clock
    this.#send = send
  }

  /** @throws Failed: what the answer says, `stanza-timeout` without one, `connection-lost` */
  ask({ type, to, payload, limit }: Question): Promise<XMLElement> {
    const id = randomId()
    return new Promise((resolve, reject) => {
      const stop = this.#clock.after(limit, () => this.#giveUp(id))
      this.#asked.set(id, { to, resolve, reject, stop })
      try {
        this.#send(element('iq', { xmlns: ns.client, type, id, to }, [payload]))
      } catch (error) {
        this.#asked.delete(id)
        stop()
        reject(error as Failed)
      }
    })
  }

  #giveUp(id: string): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    asked?.reject(new Failed('stanza-timeout', 'wait', 'no answer'))
  }

  /** Whether this iq answers a question of ours, who are bound as `jid`; it is then dealt with. */
  answered(iq: XMLElement, jid: FullJid | null): boolean {
    const type = attributeOf(iq, 'type')
    if (type !== 'result' && type !== 'error') return false
    const id = attributeOf(iq, 'id') ?? ''
    const asked = this.#asked.get(id)
    if (!asked || !this.#mayAnswer(asked.to, attributeOf(iq, 'from'), jid)) return false
    this.#asked.delete(id)
    asked.stop()
    if (type === 'result') asked.resolve(iq)
    else asked.reject(new Failed(...failureOfStanza(iq)))
    return true
  }

  /** RFC 6120 section 10.3.3: an answer without `from` is our own server's for our account. */
  #mayAnswer(to: string | null, from: string | null, jid: FullJid | null): boolean {
    const own = this.#own
    if (to === null || to === own) return from === null || from === own || from === jid || from === domainOf(own)
    if (to === domainOf(own)) return from === null || from === to
    return from === to
  }

  /** The stream is over: nobody answers any more. */
  end(cause: string): void {
    for (const { reject, stop } of this.#asked.values()) {
      stop()
      reject(new Failed('connection-lost', 'wait', cause))
    }
    this.#asked.clear()
  }
}
