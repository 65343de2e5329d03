/**
 * The wire to a real server: joins the connection, the gate and the questions that the engine asks.
 * Everything it hands over has passed the gate; everything it is asked either answers or throws Failed.
 */
import type { Clock } from '#model/clock.ts'
import { Failed, failureOf, type Failure, type FailureName } from '#model/failure.ts'
import type { Displayed } from '#model/incoming.ts'
import type { BareJid, FullJid } from '#model/jid.ts'
import type { Network } from '#model/network.ts'
import { randomId } from '#model/random.ts'
import { discover } from './ability.ts'
import { ArchiveQueries, writeArchiveQuery, type ArchiveQuery } from './archive.ts'
import { Connection, type Backoff } from './connection.ts'
import { readDisplayedItems, writeDisplayed, writeDisplayedConfiguration, writeDisplayedQuery } from './displayed.ts'
import { attributeOf, nameOf, type XMLElement } from './element.ts'
import type { Trust } from './forwarded.ts'
import { passGate } from './incoming.ts'
import type { Inquiry } from './inquiry.ts'
import { readMessage } from './message.ts'
import { writePresence } from './presence.ts'
import { readRoster, writeRosterQuery, writeRosterRemove, writeRosterSet, type RosterAnswer } from './roster.ts'
import type { Session, SessionOptions } from './session.ts'
import type { StreamState, Told } from './stream-management.ts'
import type { Abilities, LastWord, ReadPage, Wire, WireListener } from './wire.ts'

export interface WireOptions {
  readonly account: BareJid
  readonly clock: Clock
  readonly network: Network
  readonly backoff: Backoff
  /** What an earlier page load left to resume. */
  readonly resume: StreamState | null
  /** Asked anew for each try: endpoint and secret may have changed. */
  session(): Omit<SessionOptions, 'resume' | 'account' | 'clock'>
}

/** What a try does with the session that is to be resumed: nothing yet, ask for it, store the answer, prove that it hears us. */
interface Try {
  stage: 'opening' | 'asking' | 'storing' | 'proving'
}

/**
 * How much a try that ended while asking for the session, or proving it, speaks against it; a network that cuts or is silent
 * before that says nothing about it. What is lost with a session may be messages (Prosody and ejabberd drop what waits in one
 * that is replaced), so a bad network must not reach the most: a server that cannot resume one forgets it in the end.
 */
const doubts: Partial<Record<FailureName, number>> = {
  'connection-lost': 1,
  'connection-timeout': 5,
  'stream-invalid': 20,
}
/** The same for one that was resumed and then does not hear. */
const deafDoubt = 10
const mostDoubt = 20

export class XmppWire implements Wire {
  readonly #options: WireOptions
  readonly #listener: WireListener
  readonly #connection: Connection
  readonly #queries = new ArchiveQueries()
  #hasStanzaIds = true
  /** The session that is open, or the last one until the next is tried: what it brought may still be on its way to the disk. */
  #current: Session | null = null
  /** What the next try asks for, where there was no session yet or it has been given up. */
  #resume: StreamState | null
  #try: Try = { stage: 'opening' }
  #doubt = 0
  #lastWord: LastWord | null = null
  #isActive = true

  constructor(options: WireOptions, listener: WireListener) {
    this.#options = options
    this.#listener = listener
    this.#resume = options.resume
    const session = async (): Promise<SessionOptions> => {
      await listener.settled()
      this.#resume = this.state()
      this.#current = null
      this.#try = { stage: 'opening' }
      return { ...options.session(), account: options.account, clock: options.clock, resume: this.#resume }
    }
    this.#connection = new Connection(options.clock, options.network, options.backoff, session, {
      state: (state) => listener.state(state),
      opened: (session) => this.#opened(session),
      incoming: (stanza, number) => this.#incoming(stanza, number),
      resuming: () => {
        this.#try.stage = 'asking'
      },
      told: (told) => this.#told(told),
      acked: (handled) => listener.acked(handled),
      ackDue: (handled) => {
        // What is written after the end is told by the next session, as it resumes this one.
        if (this.isOpen) listener.ackDue(handled)
      },
      closed: (failure) => this.#closed(failure),
      refused: (failure) => this.#refused(failure),
      proven: (proof) => listener.proven(proof),
    })
  }

  start(): void {
    this.#connection.start()
  }

  stop(how: 'end' | 'drop'): void {
    this.#connection.stop(how)
  }

  tryNow(): void {
    this.#connection.tryNow()
  }

  get isOpen(): boolean {
    return this.#connection.session?.isOpen ?? false
  }

  /** A session that a server cannot resume without hanging or hanging up would be tried for ever: it is given up. */
  #refused(failure: Failure): void {
    const { stage } = this.#try
    // However long the disk takes is not the session's fault.
    const isPatient = stage === 'opening' || (stage === 'storing' && failure.what === 'connection-timeout')
    const isSilent = failure.what === 'connection-timeout'
    const isProving = stage === 'proving'
    // A network that carries one way only looks like a server that does not hear.
    if (!isPatient) this.#doubt += isProving && isSilent ? deafDoubt : (doubts[failure.what] ?? 0)
    const isBroken = isProving && !isSilent && failure.what !== 'connection-lost'
    if (this.#doubt >= mostDoubt || isBroken) this.#resume = null
    // What is stored from now on is no answer of this try any more.
    this.#try = { stage: 'opening' }
  }

  /** The first answer after a break is the only true one: what proves the session is counted by every later one. */
  async #told(told: Told): Promise<void> {
    const current = this.#try
    current.stage = 'storing'
    await this.#listener.told(told)
    if (current !== this.#try) return
    this.#resume = told.state
    current.stage = told.state === null ? 'opening' : 'proving'
  }

  #closed(failure: Failure): void {
    const session = this.#current
    this.#resume = null
    // What broke this stream after it was resumed would be sent again by every one that resumes it.
    if (failure.what === 'stream-invalid' && session?.stream.isResumed === true) this.#current = null
    const handled = session?.stream.lastWord ?? null
    this.#lastWord = handled === null ? null : { stream: session?.stream.id ?? null, handled }
    this.#listener.closed()
  }

  #opened(session: Session): void {
    this.#doubt = 0
    this.#current = session
    const { stream } = session
    // A server takes a new session for active; what it makes of a resumed one differs.
    if (stream.isResumed || !this.#isActive) session.setActive(this.#isActive)
    this.#listener.opened({
      jid: session.jid as FullJid,
      isResumed: stream.isResumed,
      isAnnounced: stream.announced !== null,
      streamId: stream.id,
      lastWord: this.#lastWord,
    })
  }

  get #trust(): Trust {
    return { self: this.#options.account, jid: this.#connection.session?.jid ?? null, hasStanzaIds: this.#hasStanzaIds }
  }

  #incoming(stanza: XMLElement, number: number): void {
    const event = passGate(stanza, this.#trust, this.#queries)
    const { session } = this.#connection
    // A question waits for the engine, which knows who may know that we are here.
    if (nameOf(stanza) === 'iq' && event.kind !== 'inquiry')
      session?.answer(attributeOf(stanza, 'from'), attributeOf(stanza, 'id'), event.kind === 'refused' ? null : [])
    this.#listener.incoming(event, number)
  }

  #session(): Session {
    const { session } = this.#connection
    if (!session) throw new Failed('connection-lost', 'wait', 'no session')
    return session
  }

  state(): StreamState | null {
    const session = this.#current
    return session?.jid ? session.stream.state(session.jid) : this.#resume
  }

  commit(number: number): void {
    this.#current?.stream.commit(number)
  }

  send(xml: string): number | null {
    return this.#session().send(xml)
  }

  acknowledge(handled: number): void {
    this.#connection.session?.stream.acknowledge(handled)
  }

  requestAck(): void {
    this.#connection.session?.stream.request()
  }

  answer(inquiry: Inquiry, isTold: boolean): void {
    const session = this.#current
    session?.answer(inquiry.to, inquiry.id, isTold ? session.capabilities.answer(inquiry) : null)
  }

  announcePresence(): void {
    const session = this.#session()
    session.stream.announced = session.send(writePresence(session.capabilities.presence()))
  }

  setActive(isActive: boolean): void {
    this.#isActive = isActive
    this.#current?.setActive(isActive)
  }

  async discover(): Promise<Abilities> {
    const { hasStanzaIds, ...abilities } = await discover(this.#session(), this.#options.account, this.#options.clock)
    this.#hasStanzaIds = hasStanzaIds
    return abilities
  }

  async readArchive(query: ArchiveQuery): Promise<ReadPage> {
    const session = this.#session()
    const queryId = randomId()
    this.#queries.open(queryId, this.#options.account)
    try {
      const answer = await session.ask('set', null, writeArchiveQuery(queryId, query), 60_000)
      const page = this.#queries.close(queryId, answer)
      const trust = this.#trust
      return {
        ...page,
        items: page.items.map((opened) => ({
          archiveId: opened.archiveId ?? '',
          stamp: opened.stamp,
          message: readMessage(opened, trust),
        })),
      }
    } finally {
      this.#queries.forget(queryId)
    }
  }

  async readDisplayed(): Promise<readonly Displayed[]> {
    try {
      return readDisplayedItems(await this.#session().ask('get', null, writeDisplayedQuery()), this.#options.account)
    } catch (error) {
      // Nobody has published anything yet.
      if (failureOf(error).cause === 'item-not-found') return []
      throw error
    }
  }

  async publishDisplayed(displayed: Displayed): Promise<void> {
    const session = this.#session()
    const item = writeDisplayed(displayed, this.#options.account)
    try {
      await session.ask('set', null, item)
    } catch (error) {
      // The node is there, but not as it must be (XEP-0060 section 7.1.5).
      if (failureOf(error).cause !== 'conflict') throw error
      await session.ask('set', null, writeDisplayedConfiguration())
      await session.ask('set', null, item)
    }
  }

  async readRoster(version: string | null): Promise<RosterAnswer | null> {
    return readRoster(await this.#session().ask('get', null, writeRosterQuery(version)))
  }

  async setRosterItem(jid: BareJid, name: string, groups: readonly string[]): Promise<void> {
    await this.#session().ask('set', null, writeRosterSet(jid, name, groups))
  }

  async removeRosterItem(jid: BareJid): Promise<void> {
    await this.#session().ask('set', null, writeRosterRemove(jid))
  }
}
