/**
 * Counts stanzas both ways and negotiates resumption. It keeps no unacknowledged stanzas: only the outbox resends.
 * `handled` is what was committed, never what merely arrived; who commits is told by `pending`.
 *
 * @xep 0198 Stream Management 1.6.3
 */
import type { Client } from 'stanza'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import type { FullJid } from '#model/jid.ts'
import { attributeOf, element, nameOf, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'

/** What must be kept to resume after a reload. */
export interface StreamState {
  readonly id: string
  readonly jid: FullJid
  readonly handled: number
  readonly sent: number
  /** Number of the stanza that announced us in this session; absent: none that is known of. */
  readonly announced?: number
}

/** What the server answered to the question to resume a stream. */
export interface Told {
  /** The stream that was asked for. */
  readonly stream: string
  /** How much of ours it has handled on it; null: it does not say. */
  readonly handled: number | null
  /** What can be resumed from now on; null: the stream is gone. */
  readonly state: StreamState | null
}

export interface StreamListener {
  /** It was asked to resume; the answer may never come. */
  resuming(): void
  /**
   * The answer is there. Nothing that is counted is written before this is done with: the next answer would count it too, and
   * could not be told from what was lost. @throws Failed: this try is given up, and the next one is told the same
   */
  told(told: Told): Promise<void>
  /** The server has handled our stanzas up to this number. */
  acked(handled: number): void
  /** An acknowledgement is owed; answer with `acknowledge` once this number is durable. */
  ackDue(handled: number): void
}

/** Whoever negotiates the stream. */
export interface Negotiation {
  /** Bound (null), or resumed with this address. */
  ready(resumed: FullJid | null): void
  failed(failure: Failure): void
  /** Nobody negotiates any more. */
  isOver(): boolean
}

const wrapAt = 2 ** 32

export class StreamManagement {
  id: string | null = null
  isResumed = false
  /** The server's count as the last thing it said before it ended the stream (XEP-0198 section 4); null: it did not say. */
  lastWord: number | null = null
  /** Number of the stanza that announced us in this session; null: none, or it was lost with a connection. */
  announced: number | null = null
  received = 0
  committed = 0
  sent = 0
  #countsIn = false
  #countsOut = false
  #ackWanted: number | null = null
  /** Requests of ours without an answer: how many stanzas had been sent before each. */
  #asked: number[] = []
  /** An acknowledgement that nobody asked for and nothing followed. */
  #unasked: number | null = null
  #pending: number[] = []
  #answer: ((answer: XMLElement) => void) | null = null
  readonly #send: (xml: string) => void
  readonly #listener: StreamListener

  readonly #answered: () => void

  /** `answered`: the server answered a request of ours, so it hears us. */
  constructor(send: (xml: string) => void, listener: StreamListener, answered: () => void = () => undefined) {
    this.#send = send
    this.#listener = listener
    this.#answered = answered
  }

  get isOn(): boolean {
    return this.#countsIn && this.#countsOut
  }

  /** Replaces stanza's handling of the feature; `state` is the session to resume. */
  attach(client: Client, state: StreamState | null, negotiation: Negotiation): void {
    const features = (client as unknown as { features: Features }).features
    let previous = state
    features.handlers['streamManagement'] = (_offered, done) => {
      if (previous !== null && features.negotiated['bind'] !== true) {
        const session = previous
        previous = null
        const answered = (isResumed: boolean): void => {
          if (negotiation.isOver()) return
          if (!isResumed) return done()
          features.negotiated['streamManagement'] = true
          features.negotiated['bind'] = true
          negotiation.ready(session.jid)
          // Nothing else is negotiated on a resumed stream (XEP-0198 section 5).
          done('break')
        }
        this.#resume(session).then(answered, (error: unknown) => negotiation.failed(failureOf(error)))
        return
      }
      if (features.negotiated['bind'] !== true) return done()
      void this.#enable().then(() => {
        features.negotiated['streamManagement'] = true
        negotiation.ready(null)
        done()
      })
    }
  }

  #resume(state: StreamState): Promise<boolean> {
    const written = (): void => {
      this.#countsOut = true
      this.sent = state.sent
      this.#listener.resuming()
    }
    const request = element('resume', { xmlns: ns.sm, h: state.handled, previd: state.id })
    return this.#ask(request, written, async (answer) => {
      const handled = numberOf(answer, 'h')
      const isResumed = nameOf(answer) === 'resumed'
      if (isResumed) this.#continue(state, attributeOf(answer, 'previd') ?? state.id, handled)
      else {
        this.#countsOut = false
        this.sent = 0
      }
      await this.#listener.told({ stream: state.id, handled, state: isResumed ? this.state(state.jid) : null })
      return isResumed
    })
  }

  #continue(state: StreamState, id: string, handled: number | null): void {
    this.id = id
    this.isResumed = true
    this.received = state.handled
    this.committed = state.handled
    // The server's count is the truth about what was written before the cut.
    this.sent = handled ?? state.sent
    const { announced } = state
    this.announced = announced !== undefined && isReached(this.sent, announced) ? announced : null
    this.#countsIn = true
  }

  #enable(): Promise<boolean> {
    const written = (): void => {
      this.#countsOut = true
      this.sent = 0
    }
    return this.#ask(element('enable', { xmlns: ns.sm, resume: 'true' }), written, (answer) => {
      if (nameOf(answer) !== 'enabled') {
        this.#countsOut = false
        return false
      }
      const resumable = attributeOf(answer, 'resume')
      this.id = resumable === 'true' || resumable === '1' ? attributeOf(answer, 'id') : null
      this.received = 0
      this.committed = 0
      this.#countsIn = true
      return true
    })
  }

  /** The answer is read where it arrives, not later: what follows it in the same instant already counts. */
  #ask(xml: string, written: () => void, read: (answer: XMLElement) => boolean | Promise<boolean>): Promise<boolean> {
    return new Promise((resolve) => {
      this.#answer = (answer) => resolve(read(answer))
      this.#send(xml)
      // Counting starts with what follows this element, not with its answer (XEP-0198 section 3).
      written()
    })
  }

  /** Counts one outbound stanza; its number, or null while counting is off. */
  countSent(): number | null {
    if (!this.#countsOut) return null
    this.sent = (this.sent + 1) % wrapAt
    return this.sent
  }

  /** Counts one inbound stanza; `isPending`: somebody will call `commit` with this number. */
  countReceived(isPending: boolean): number {
    this.#unasked = null
    if (!this.#countsIn) return 0
    this.received = (this.received + 1) % wrapAt
    if (isPending) this.#pending.push(this.received)
    else if (this.#pending.length === 0) this.committed = this.received
    return this.received
  }

  /** All stanzas up to this number have been dealt with for good. */
  commit(number: number): void {
    const upTo = this.#pending.indexOf(number)
    if (upTo >= 0) this.#pending.splice(0, upTo + 1)
    const next = this.#pending[0]
    this.committed = next === undefined ? this.received : (next - 1 + wrapAt) % wrapAt
    this.#answerRequest()
  }

  /** Elements of the namespace that are not stanzas. @throws Failed stream-invalid where the server counts what was never sent */
  receive(answer: XMLElement): void {
    const name = nameOf(answer)
    this.#unasked = null
    if (name === 'r') {
      this.#ackWanted = this.received
      this.#answerRequest()
    } else if (name === 'a') {
      const handled = numberOf(answer, 'h')
      if (handled === null) return
      // Believed, it would count what is sent next as taken; the stream ends as XEP-0198 section 4 asks (handled-count-too-high).
      if (!isReached(this.sent, handled))
        throw new Failed('stream-invalid', 'wait', `${handled} of ${this.sent} handled`)
      // Whoever answers a request has handled all that was sent before it.
      const [before] = this.#asked
      // One that lags behind its request shows that it was heard all the same.
      if (before !== undefined) this.#answered()
      if (before !== undefined && isReached(handled, before)) this.#asked.shift()
      else this.#unasked = handled
      this.#listener.acked(handled)
    } else {
      const resolve = this.#answer
      this.#answer = null
      resolve?.(answer)
    }
  }

  #answerRequest(): void {
    if (this.#ackWanted === null || !isReached(this.committed, this.#ackWanted)) return
    this.#ackWanted = null
    // A session resumed with a smaller number than was acknowledged is refused: what is told must be stored first.
    this.#listener.ackDue(this.committed)
  }

  acknowledge(handled: number): void {
    this.#send(element('a', { xmlns: ns.sm, h: handled }))
  }

  request(): void {
    if (!this.isOn) return
    this.#asked.push(this.sent)
    this.#send(element('r', { xmlns: ns.sm }))
  }

  /** The server ended the stream: there is nothing to resume, and what it has not counted it will never handle. */
  ended(): void {
    this.lastWord = this.#unasked
  }

  state(jid: FullJid): StreamState | null {
    if (this.id === null || this.lastWord !== null) return null
    const announced = this.announced === null ? {} : { announced: this.announced }
    return { id: this.id, jid, handled: this.committed, sent: this.sent, ...announced }
  }
}

/** True where `count` is at or past `number`; counts wrap at 2^32. */
export function isReached(count: number, number: number): boolean {
  return (count - number + wrapAt) % wrapAt < wrapAt / 2
}

function numberOf(answer: XMLElement, name: string): number | null {
  const value = Number(attributeOf(answer, name) ?? Number.NaN)
  return Number.isSafeInteger(value) && value >= 0 && value < wrapAt ? value : null
}

interface Features {
  handlers: Record<string, (offered: unknown, done: (command?: string, message?: string) => void) => void>
  negotiated: Record<string, boolean>
}
