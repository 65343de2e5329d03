/**
 * The WebSocket of one stream. It parses frames itself, so that no malformed frame can wedge the client, and splits them:
 * messages, presence and what others ask go to the engine with their number, answers to whoever asked, the rest to stanza.
 * Source: RFC 7395.
 */
import type { Client, Transport } from 'stanza'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import { attributeOf, childElements, element, nameOf, namespaceOf, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'
import { parseFrame } from './parse.ts'
import type { StreamManagement } from './stream-management.ts'

export interface TransportOptions {
  readonly url: string
  readonly domain: string
  readonly makeSocket: (url: string, protocol: string) => WebSocket
  readonly stream: () => StreamManagement
  /** A stanza that the engine must commit. */
  incoming(stanza: XMLElement, number: number): void
  /** True where the answer was waited for and taken. */
  answered(iq: XMLElement): boolean
  /** What the stream offers, before stanza reads it. */
  features(offered: XMLElement): void
  closed(failure: Failure): void
  /** Anything came in: the connection lives. */
  alive(): void
}

/** What stanza needs of its client beyond its public types. */
type Emitter = Client & { emit(event: string, ...values: unknown[]): boolean }

export class WebSocketTransport implements Transport {
  hasStream = false
  #wasOpen = false
  authenticated = false
  declare stream?: { from?: string }
  #socket: WebSocket | null = null
  #isClosed = false
  readonly #client: Emitter
  readonly #options: TransportOptions

  constructor(client: Client, options: TransportOptions) {
    this.#client = client as Emitter
    this.#options = options
  }

  connect(): void {
    const { url, makeSocket } = this.#options
    try {
      this.#socket = makeSocket(url, 'xmpp')
    } catch (error) {
      // A malformed or forbidden address throws here; the same sentence as for one that does not answer.
      queueMicrotask(() => this.fail({ what: 'endpoint-unreachable', remedy: 'ask', cause: failureOf(error).cause }))
      return
    }
    this.#socket.onopen = () => this.#open()
    this.#socket.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data)
    this.#socket.onclose = () => this.#lost()
  }

  #lost(): void {
    const what = this.#wasOpen ? 'connection-lost' : 'endpoint-unreachable'
    this.fail({ what, remedy: 'wait', cause: 'socket closed' })
  }

  #open(): void {
    if (this.#socket?.protocol !== 'xmpp') {
      this.fail({ what: 'endpoint-not-xmpp', remedy: 'ask', cause: 'subprotocol refused' })
      return
    }
    this.#client.emit('connected')
    this.restart()
  }

  restart(): void {
    this.hasStream = false
    this.write(element('open', { xmlns: ns.framing, to: this.#options.domain, version: '1.0' }))
  }

  #receive(data: unknown): void {
    if (this.#isClosed) return
    try {
      if (typeof data !== 'string') throw new Failed('stream-invalid', 'wait', 'binary frame')
      if (data.trim() === '') return
      const frame = parseFrame(data)
      this.#options.alive()
      if (frame.kind === 'dropped') this.#drop(frame.name)
      else this.#dispatch(frame.element)
    } catch (error) {
      // Whatever breaks while a frame is read ends this stream, never the client.
      this.fail(failureOf(error))
    }
  }

  #drop(name: string): void {
    if (isStanzaName(name)) this.#options.stream().countReceived(false)
  }

  #dispatch(frame: XMLElement): void {
    const name = nameOf(frame)
    switch (namespaceOf(frame)) {
      case ns.client:
        if (isStanzaName(name)) return this.#stanza(name, frame)
        break
      case ns.sm:
        return this.#options.stream().receive(frame)
      case ns.framing:
        if (name === 'open') return this.#opened(frame)
        if (name === 'close')
          return this.#ended({ what: 'connection-lost', remedy: 'wait', cause: 'closed by the server' })
        break
      case ns.stream:
        if (name === 'error') return this.#ended(streamFailure(frame))
        if (name === 'features') this.#options.features(frame)
        break
      default:
    }
    // What only has the name of a stanza is none; stanza.js would answer it.
    if (!isStanzaName(name)) this.#import(frame)
  }

  #ended(failure: Failure): void {
    this.#options.stream().ended()
    this.fail(failure)
  }

  #opened(frame: XMLElement): void {
    // Nobody asked for it: of a stream that runs it says nothing, least of all that the person must decide something.
    if (this.hasStream) return this.fail({ what: 'stream-invalid', remedy: 'wait', cause: 'opened twice' })
    // Checked before any credential is sent: a hint may lead to a server that speaks for another domain.
    const from = attributeOf(frame, 'from')
    if (from?.toLowerCase() !== this.#options.domain) {
      return this.fail({ what: 'wrong-domain', remedy: 'ask', cause: `stream from ${(from ?? 'nobody').slice(0, 80)}` })
    }
    this.hasStream = true
    this.#wasOpen = true
    this.stream = { from }
    this.#client.emit('stream:start', this.stream)
  }

  #stanza(name: string, stanza: XMLElement): void {
    if (!this.authenticated)
      return this.fail({ what: 'stream-invalid', remedy: 'wait', cause: `${name} before sign-in` })
    const type = attributeOf(stanza, 'type')
    // Whoever asks is not answered before the engine knows whether he may know that we are here.
    const isEngine = name !== 'iq' || type === 'get' || type === 'set'
    const number = this.#options.stream().countReceived(isEngine)
    if (isEngine) this.#options.incoming(stanza, number)
    else if (!this.#options.answered(stanza)) this.#import(stanza)
  }

  #import(frame: XMLElement): void {
    const { stanzas } = this.#client
    const kind = stanzas.getImportKey(frame)
    const data = stanzas.import(frame, { acceptLanguages: ['en'], lang: 'en' })
    if (kind !== undefined && data !== undefined) this.#client.emit('stream:data', data, kind)
  }

  /** What stanza sends: negotiation and answers. Numbers are counted in `write`. */
  send(kind: string, data?: unknown): Promise<void> {
    const output = this.#client.stanzas.export(kind, data as never)
    if (output) this.write(output.toString())
    return Promise.resolve()
  }

  /** Writes one frame; the outbound number where it is a counted stanza. Nothing is written on a dead socket. */
  write(xml: string): number | null {
    if (this.#socket?.readyState !== 1) return null
    this.#socket.send(xml)
    return /^<(?:message|presence|iq)[\s>/]/.test(xml) ? this.#options.stream().countSent() : null
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === 1
  }

  /** Called by stanza when negotiation went wrong, and by us; `clean` ends the stream so that it cannot be resumed. */
  disconnect(clean = true): void {
    if (clean && this.hasStream) this.write(element('close', { xmlns: ns.framing }))
    this.fail({ what: 'connection-lost', remedy: 'wait', cause: 'disconnected here' })
  }

  /** Ends this transport for good and tells once why. */
  fail(failure: Failure): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.hasStream = false
    const socket = this.#socket
    this.#socket = null
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
      // The browser's close handshake may hang on a dead network; nobody listens any more, so it may take its time.
      socket.close()
    }
    this.#options.closed(failure)
  }
}

function isStanzaName(name: string): boolean {
  return name === 'message' || name === 'presence' || name === 'iq'
}

/** RFC 6120 section 4.9.3. */
function streamFailure(frame: XMLElement): Failure {
  const condition = childElements(frame)[0]?.name ?? ''
  if (condition === 'conflict') return { what: 'conflict', remedy: 'ask', cause: condition }
  if (condition === 'policy-violation') return { what: 'stream-refused', remedy: 'wait', cause: condition }
  if (condition === 'host-unknown') return { what: 'wrong-domain', remedy: 'ask', cause: condition }
  if (condition === 'not-authorized') return { what: 'login-temporary', remedy: 'wait', cause: condition }
  return { what: 'stream-refused', remedy: 'wait', cause: condition }
}
