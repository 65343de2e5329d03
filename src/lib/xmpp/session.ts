/**
 * One stream from the opening of its socket to its end: a fresh stanza.js client for each try, so nothing of a broken one lives on.
 * It sends and asks; when to connect again is left to connection.ts, what stanzas mean to incoming.ts.
 *
 * @xep 0199 XMPP Ping 2.0.1
 */
import { Client } from 'stanza'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import type { Clock } from '#model/clock.ts'
import { bareOf, domainOf, readJid, type BareJid, type FullJid } from '#model/jid.ts'
import { offersClientState, writeClientState } from './client-state.ts'
import { announceCapabilities, type Capabilities } from './capability.ts'
import { element, type Markup, type XMLElement } from './element.ts'
import { Keepalive, patience, type KeepaliveTimes } from './keepalive.ts'
import { attachLogin, type LoginSecret, type Proof } from './login.ts'
import { ns } from './namespace.ts'
import { Questions } from './question.ts'
import { StreamManagement, type StreamListener, type StreamState } from './stream-management.ts'
import { WebSocketTransport } from './transport.ts'

const deaf: Failure = { what: 'connection-timeout', remedy: 'wait', cause: 'resumed, but deaf' }

export interface SessionOptions {
  readonly account: BareJid
  readonly endpoint: string
  readonly resource: string
  /** Asked when the server wants it; the session keeps no copy. */
  secret(): LoginSecret
  /** Strongest mechanism seen with this account; null: none yet. */
  readonly pinned: string | null
  /** Further SASL mechanisms that the configuration allows. */
  readonly allow: readonly string[]
  readonly resume: StreamState | null
  readonly clock: Clock
  readonly makeSocket: (url: string, protocol: string) => WebSocket
  /** ms for opening and negotiating together. */
  readonly openLimit: number
  readonly keepalive: KeepaliveTimes
  /** What signing in has opened already; the first try takes it instead of opening another. */
  readonly opened?: OpenedBefore | null
}

/** A session that waits for its listener. */
export interface OpenedBefore {
  /** Once; null where there is none any more. */
  take(): Session | null
  /** From now on `listener` hears it, first what was said before. */
  listen(listener: SessionListener): void
  /** Nobody wants it any more: the stream is ended, where it was not taken. */
  drop(): void
}

export interface SessionListener extends StreamListener {
  /** A message, presence or roster push; `number` goes to `commit` once its effects are durable. */
  incoming(stanza: XMLElement, number: number): void
  /** The stream is over, once; nothing else is heard after it. */
  closed(failure: Failure): void
  /** Somebody proved to be our server; the keys may be stored. */
  proven(proof: Proof): void
}

/** Opens a session; resolves when it is bound (or resumed). @throws Failed */
export function openSession(options: SessionOptions, listener: SessionListener): Promise<Session> {
  return new Promise((resolve, reject) => {
    const session = new Session(options, listener, resolve, reject)
    session.connect()
  })
}

export class Session {
  readonly stream: StreamManagement
  readonly capabilities: Capabilities
  jid: FullJid | null = null
  readonly #client: Client
  readonly #transport: WebSocketTransport
  readonly #options: SessionOptions
  readonly #listener: SessionListener
  readonly #questions: Questions
  readonly #keepalive: Keepalive
  #ready: ((session: Session) => void) | null
  #refuse: ((error: Failed) => void) | null
  #stopTimer: () => void = () => undefined
  #isOver = false
  #isProving = false
  #offersStream = false
  #offersClientState = false

  constructor(
    options: SessionOptions,
    listener: SessionListener,
    ready: (session: Session) => void,
    refuse: (error: Failed) => void,
  ) {
    this.#options = options
    this.#listener = listener
    this.#questions = new Questions(options.account, options.clock, (xml) => void this.send(xml))
    this.#keepalive = new Keepalive(
      options.clock,
      options.keepalive,
      () => this.#askForLife(),
      (cause) => this.fail({ what: 'connection-lost', remedy: 'wait', cause }),
    )
    this.#ready = ready
    this.#refuse = refuse
    const domain = domainOf(options.account)
    this.#client = new Client({
      jid: options.account,
      server: domain,
      resource: options.resource,
      transports: { websocket: options.endpoint, bosh: false },
    })
    this.#client.config.autoReconnect = false
    this.capabilities = announceCapabilities(this.#client)
    this.#transport = new WebSocketTransport(this.#client, {
      url: options.endpoint,
      domain,
      makeSocket: options.makeSocket,
      stream: () => this.stream,
      incoming: (stanza, number) => this.#listener.incoming(stanza, number),
      answered: (iq) => {
        const isOurs = this.#questions.answered(iq, this.jid)
        if (isOurs) this.#keepalive.answered()
        return isOurs
      },
      closed: (failure) => this.#over(failure),
      features: (offered) => {
        this.#offersClientState = offersClientState(offered)
      },
      alive: () => this.#alive(),
    })
    this.stream = new StreamManagement(
      (xml) => void this.#transport.write(xml),
      this.#listener,
      () => this.#keepalive.answered(),
    )
    this.#negotiate()
  }

  #negotiate(): void {
    const client = this.#client
    const transport = this.#transport
    client.transports = {
      websocket: function () {
        return transport
      } as never,
    }
    attachLogin(client, {
      username: this.#options.account.slice(0, this.#options.account.lastIndexOf('@')),
      secret: () => this.#options.secret(),
      pinned: this.#options.pinned,
      allow: this.#options.allow,
      onFailure: (failure) => transport.fail(failure),
      onProven: (proof) => {
        transport.authenticated = true
        this.#listener.proven(proof)
      },
    })
    this.stream.attach(client, this.#options.resume, {
      ready: (resumed) => {
        if (resumed === null) this.#bound(this.jid as FullJid)
        else void this.#prove(resumed)
      },
      failed: (failure) => transport.fail(failure),
      isOver: () => this.#isOver,
    })
    client.on('session:bound', (jid: string) => this.#boundAs(jid))
    client.on('features', (features) => {
      this.#offersStream = features.streamManagement !== undefined
    })
  }

  connect(): void {
    const { clock, openLimit } = this.#options
    this.#stopTimer = clock.after(openLimit, () => {
      this.#transport.fail({ what: 'connection-timeout', remedy: 'wait', cause: `no session in ${openLimit} ms` })
    })
    void this.#client.connect()
  }

  #boundAs(text: string): void {
    const jid = readJid(text)
    // A server may not bind us to somebody else's address (RFC 6120 section 7).
    if (jid === null || bareOf(jid) !== this.#options.account) {
      return this.#transport.fail({ what: 'stream-invalid', remedy: 'ask', cause: 'bound to another address' })
    }
    this.jid = jid as FullJid
    // Stream management is negotiated right after binding; the session is ready when that was answered.
    if (!this.#offersStream) this.#bound(jid as FullJid)
  }

  /**
   * Has the server answer once before anything else is said on a resumed session. Prosody 0.12 reads it behind the half
   * WebSocket frame with which the connection before may have ended, and swallows or garbles what comes first.
   */
  async #prove(jid: FullJid): Promise<void> {
    this.jid = jid
    this.#isProving = true
    this.#alive()
    try {
      // What the server kept for us comes before its answer, and may take its time; silence is measured apart.
      await this.#ping()
    } catch (error) {
      if (this.#isOver) return
      const failure = failureOf(error)
      // An error is an answer too; silence is none, nor is a socket that takes nothing more.
      if (failure.what === 'stanza-timeout') return this.fail(deaf)
      if (failure.what === 'connection-lost') return this.fail(failure)
    }
    this.#isProving = false
    this.#bound(jid)
  }

  #bound(jid: FullJid): void {
    this.jid = jid
    this.#stopTimer()
    const ready = this.#ready
    this.#ready = null
    this.#refuse = null
    this.#keepalive.start()
    ready?.(this)
  }

  get isOpen(): boolean {
    return !this.#isOver && this.#transport.isOpen
  }

  /** Writes one finished stanza; its outbound number (null: not counted). @throws Failed where the socket is gone */
  send(xml: string): number | null {
    if (!this.isOpen) throw new Failed('connection-lost', 'wait', 'not open')
    return this.#transport.write(xml)
  }

  /** Says whether anybody looks, where the server wants to know. */
  setActive(isActive: boolean): void {
    if (this.#offersClientState) this.#transport.write(writeClientState(isActive))
  }

  /** Asks and waits for the answer of exactly that address. @throws Failed */
  ask(type: 'get' | 'set', to: string | null, payload: Markup, limit = 30_000): Promise<XMLElement> {
    return this.#questions.ask({ type, to, payload, limit })
  }

  /**
   * Answers what was asked with `id`; `inside` null: as a server answers for a device that is not there, which tells nothing
   * (RFC 6121 section 8.5.3.2.3).
   */
  answer(to: string | null, id: string | null, inside: readonly Markup[] | null): void {
    if (!this.isOpen || id === null) return
    const attributes = { xmlns: ns.client, type: inside ? 'result' : 'error', id, to }
    const error = element('error', { type: 'cancel' }, [element('service-unavailable', { xmlns: ns.stanzaErrors })])
    this.send(element('iq', attributes, inside ?? [error]))
  }

  #alive(): void {
    this.#keepalive.came()
    if (!this.#isProving) return
    this.#stopTimer()
    this.#stopTimer = this.#options.clock.after(this.#options.keepalive.answer, () => this.fail(deaf))
  }

  /** Asks the server for a sign of life; no answer ends the session so that it can be resumed. */
  probe(): void {
    if (this.isOpen) this.#keepalive.probe()
  }

  #askForLife(): void {
    if (this.stream.isOn) return this.stream.request()
    // Any answer will do; keepalive.ts waits for it.
    this.#ping().catch(() => undefined)
  }

  #ping(): Promise<XMLElement> {
    const { account, keepalive } = this.#options
    return this.ask('get', domainOf(account), element('ping', { xmlns: ns.ping }), patience * keepalive.answer)
  }

  /** What it said cannot be dealt with. */
  fail(failure: Failure): void {
    this.#transport.fail(failure)
  }

  /** `end`: the stream is closed and cannot be resumed (signing out). `drop`: only the socket goes. */
  close(how: 'end' | 'drop'): void {
    this.#transport.disconnect(how === 'end')
  }

  #over(failure: Failure): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stopTimer()
    this.#keepalive.stop()
    this.#questions.end(failure.cause)
    this.#client.removeAllListeners()
    const refuse = this.#refuse
    this.#refuse = null
    this.#ready = null
    if (refuse) refuse(new Failed(failure.what, failure.remedy, failure.cause))
    else this.#listener.closed(failure)
  }
}
