/**
 * The wire of flow tests: real stream management, real gate and real archive queries in front of a `FakeServer`.
 * It never connects again by itself; the test says when.
 */
import { Failed } from '#model/failure.ts'
import type { Displayed } from '#model/incoming.ts'
import type { BareJid, FullJid } from '#model/jid.ts'
import { ArchiveQueries, type ArchiveQuery } from '#xmpp/archive.ts'
import { attributeOf, element, type Markup, type XMLElement } from '#xmpp/element.ts'
import { passGate } from '#xmpp/incoming.ts'
import type { Inquiry } from '#xmpp/inquiry.ts'
import { readMessage } from '#xmpp/message.ts'
import { ns } from '#xmpp/namespace.ts'
import { parseFrame } from '#xmpp/parse.ts'
import { writePresence } from '#xmpp/presence.ts'
import { readRoster, writeRosterSet, type RosterAnswer } from '#xmpp/roster.ts'
import { StreamManagement, type StreamState, type Told } from '#xmpp/stream-management.ts'
import type { Abilities, ReadPage, Wire, WireListener } from '#xmpp/wire.ts'
import { answerOf, resultOf, self, type FakeServer } from './server.ts'

const jid = `${self}/besedka` as FullJid
const trust = { self, jid, hasStanzaIds: true }

export function parsed(xml: string): XMLElement {
  const frame = parseFrame(xml)
  if (frame.kind !== 'element') throw new Error(`dropped: ${frame.why}`)
  return frame.element
}

export class FakeWire implements Wire {
  isOpen = false
  readonly server: FakeServer
  readonly #listener: WireListener
  readonly #queries = new ArchiveQueries()
  #stream: StreamManagement
  /** `#stream` is that of a session, open or the last one. */
  #hasSession = false
  #resume: StreamState | null
  #isDead = false
  #isWanted = false
  #session = 0
  /** Runs instead of writing; for a tab that dies at this moment. */
  onSend: ((xml: string) => void) | null = null

  constructor(server: FakeServer, resume: StreamState | null, listener: WireListener) {
    this.server = server
    this.#resume = resume
    this.#listener = listener
    this.#stream = this.#makeStream()
  }

  #makeStream(): StreamManagement {
    return new StreamManagement((xml) => this.#control(xml), {
      resuming: () => undefined,
      told: (told) => this.#told(told),
      acked: (handled) => this.#listener.acked(handled),
      ackDue: (handled) => {
        if (this.isOpen) this.#listener.ackDue(handled)
      },
    })
  }

  async #told(told: Told): Promise<void> {
    const session = this.#session
    await this.#listener.told(told)
    if (session === this.#session) this.#resume = told.state
  }

  start(): void {
    this.#isWanted = true
    this.connect()
  }

  /** Opens a session, resumed where the server still knows it. */
  connect(): void {
    if (this.isOpen || this.#isDead || !this.#isWanted) return
    this.#listener.state({ phase: 'connecting' })
    if (!this.server.isUp) return this.#waiting()
    void this.#open()
  }

  #waiting(): void {
    const failure = { what: 'connection-lost', remedy: 'wait', cause: 'test' } as const
    this.#listener.state({ phase: 'waiting', failure, retryAt: null })
  }

  async #open(): Promise<void> {
    const session = ++this.#session
    const isOver = (): boolean => session !== this.#session || this.#isDead
    await this.#listener.settled()
    if (isOver()) return
    this.#resume = this.state()
    this.#hasSession = false
    this.#stream = this.#makeStream()
    const stream = this.#stream
    const features: { handlers: Record<string, Handler>; negotiated: Record<string, boolean> } = {
      handlers: {},
      negotiated: {},
    }
    const failed = (): void => {
      if (isOver()) return
      this.#hangUp()
      this.#waiting()
    }
    stream.attach({ features } as never, this.#resume, { ready: () => undefined, failed, isOver })
    const step = (): Promise<string | undefined> =>
      new Promise((resolve) => features.handlers['streamManagement']?.({}, resolve))
    this.server.fresh()
    if (this.server.hasStreams && (await step()) !== 'break') {
      features.negotiated['bind'] = true
      await step()
    }
    if (isOver()) return
    this.isOpen = true
    this.#hasSession = true
    this.#listener.state({ phase: 'open' })
    this.#listener.opened({
      jid,
      isResumed: stream.isResumed,
      isAnnounced: stream.announced !== null,
      streamId: stream.id,
      lastWord: null,
    })
    this.server.deliver = this.#deliver
    for (const xml of this.#again.splice(0)) this.#deliver(xml)
  }

  #again: string[] = []

  /** What is not a stanza: negotiation and acknowledgements. */
  #control(xml: string): void {
    const frame = parsed(xml)
    const answer = (text: Markup): void => queueMicrotask(() => this.#stream.receive(parsed(text)))
    const number = (name: string): number => Number(attributeOf(frame, name))
    if (frame.name === 'enable') {
      answer(element('enabled', { xmlns: ns.sm, id: this.server.enable(), resume: 'true' }))
    } else if (frame.name === 'resume') {
      const id = attributeOf(frame, 'previd') ?? ''
      const resumed = this.server.resume(id, number('h'))
      this.#again = resumed?.again ?? []
      if (resumed) answer(element('resumed', { xmlns: ns.sm, previd: id, h: resumed.handled }))
      else answer(element('failed', { xmlns: ns.sm, h: this.server.lostHandled(id) }))
    } else if (frame.name === 'r') {
      if (this.server.answersAcks) answer(element('a', { xmlns: ns.sm, h: this.server.handled }))
    } else if (frame.name === 'a' && !this.server.ack(number('h'))) {
      throw new Error(`acknowledged ${number('h')} out of order`)
    }
  }

  readonly #deliver = (xml: string): void => {
    if (!this.isOpen) return
    const stanza = parsed(xml)
    this.#listener.incoming(passGate(stanza, trust, this.#queries), this.#stream.countReceived(true))
  }

  /** What the session of another wire hears is not ours to end. */
  #hangUp(): void {
    if (this.server.deliver === this.#deliver) this.server.deliver = null
    this.isOpen = false
    this.#session++
  }

  /** The server asks how much we handled. */
  askForAck(): void {
    this.#stream.receive(parsed(element('r', { xmlns: ns.sm })))
  }

  /** The connection breaks, open or on the way to it; nobody said goodbye. */
  cut(): void {
    const wasOpen = this.isOpen
    this.#hangUp()
    if (wasOpen) this.#listener.closed()
    this.#waiting()
  }

  stop(how: 'end' | 'drop'): void {
    this.#isWanted = false
    if (how === 'end') this.server.forgetStreams()
    this.#hangUp()
  }

  /** The tab is gone: nothing goes out or comes in any more. */
  die(): void {
    this.#isDead = true
    this.#hangUp()
  }

  tryNow(): void {
    this.connect()
  }

  state(): StreamState | null {
    return this.#hasSession ? this.#stream.state(jid) : this.#resume
  }

  commit(number: number): void {
    if (this.#hasSession) this.#stream.commit(number)
  }

  send(xml: string): number | null {
    this.onSend?.(xml)
    if (!this.isOpen) throw new Failed('connection-lost', 'wait', 'not open')
    this.server.receive(xml)
    return this.#stream.countSent()
  }

  acknowledge(handled: number): void {
    if (this.isOpen) this.#stream.acknowledge(handled)
  }

  requestAck(): void {
    if (this.isOpen) this.#stream.request()
  }

  /** What the server was told of the person, in order. */
  readonly told: ('active' | 'inactive')[] = []

  setActive(isActive: boolean): void {
    this.told.push(isActive ? 'active' : 'inactive')
  }

  /** Questions of others that were answered, and whether they were told. */
  readonly answered: (readonly [Inquiry, boolean])[] = []

  answer(inquiry: Inquiry, isTold: boolean): void {
    this.answered.push([inquiry, isTold])
  }

  announcePresence(): void {
    this.#stream.announced = this.send(writePresence(element('c', {})))
  }

  /** An iq and its answer: both are counted, and neither outlives its session. */
  async #ask<T>(answer: () => Promise<T> | T): Promise<T> {
    const session = this.#session
    this.send(element('iq', { xmlns: ns.client, type: 'get', id: 'q' }))
    const value = await answer()
    if (session !== this.#session || !this.isOpen) throw new Failed('connection-lost', 'wait', 'cut')
    this.server.send(element('iq', { xmlns: ns.client, type: 'result', id: 'q' }))
    return value
  }

  discover(): Promise<Abilities> {
    const { archiveState, clockOffset, keepsDisplayed } = this.server
    return this.#ask(() => ({ archive: archiveState, hasCarbons: true, keepsDisplayed, clockOffset }))
  }

  async readArchive(query: ArchiveQuery): Promise<ReadPage> {
    this.server.queries.push(query)
    const queryId = `q${this.server.queries.length}`
    const page = await this.#ask(async () => {
      await this.server.beforePage(query)
      return this.server.page(query)
    })
    if (page === null) throw new Failed('recipient-unknown', 'ask', 'item-not-found')
    this.#queries.open(queryId, self)
    for (const item of page.items) this.server.send(resultOf(item, queryId))
    this.server.pages++
    const closed = this.#queries.close(queryId, parsed(answerOf(page, this.server.isStable)))
    const items = closed.items.map((opened) => ({
      archiveId: opened.archiveId ?? '',
      stamp: opened.stamp,
      message: readMessage(opened, trust),
    }))
    return { ...closed, items }
  }

  readDisplayed(): Promise<readonly Displayed[]> {
    return this.#ask(() => [...this.server.displayed].map(([peer, archiveId]) => ({ peer, archiveId })))
  }

  async publishDisplayed({ peer, archiveId }: Displayed): Promise<void> {
    await this.#ask(() => this.server.display(peer, archiveId))
  }

  readRoster(): Promise<RosterAnswer | null> {
    const query = element('query', { xmlns: ns.roster, ver: this.server.rosterVersion }, this.server.rosterItems)
    return this.#ask(() => readRoster(parsed(element('iq', { xmlns: ns.client }, [query]))))
  }

  async setRosterItem(contact: BareJid, name: string): Promise<void> {
    await this.#ask(() => undefined)
    this.server.send(element('iq', { xmlns: ns.client, type: 'set', id: 'p' }, [writeRosterSet(contact, name, [])]))
  }

  async removeRosterItem(): Promise<void> {
    await this.#ask(() => undefined)
  }
}

type Handler = (offered: unknown, done: (command?: string) => void) => void
