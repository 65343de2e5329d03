/**
 * The engine while this tab leads: joins wire, archive, outbox, roster and marks over one core, in the order that a new
 * session needs them. Made when the lock is ours, thrown away when it is not.
 */
import type { Answer, Command, CommandResult, EngineState, Question } from '#model/command.ts'
import { failureOf } from '#model/failure.ts'
import type { ConversationId } from '#model/message.ts'
import { readMeta } from '#storage/database.ts'
import type { StreamRow } from '#storage/schema.ts'
import { isSound } from '#storage/sound.ts'
import type { ConnectionState } from '#xmpp/connection.ts'
import type { WireEvent } from '#xmpp/incoming.ts'
import type { Proof } from '#xmpp/login.ts'
import type { Told } from '#xmpp/stream-management.ts'
import type { Opened, Wire, WireListener } from '#xmpp/wire.ts'
import { Agenda, type Task } from './agenda.ts'
import { Archive } from './archive.ts'
import { Commands } from './command.ts'
import type { Core } from './core.ts'
import { DisplayedNode } from './displayed.ts'
import { History } from './history.ts'
import { Marker } from './marker.ts'
import { Newest } from './newest.ts'
import { Outbox } from './outbox.ts'
import { Owed, type MayTell } from './owed.ts'
import type { ApplyMarks } from './page.ts'
import { Queue } from './queue.ts'
import { Receiver } from './receive.ts'
import { Roster } from './roster.ts'
import { DurableStream } from './stream.ts'
import { Survey } from './survey.ts'

/** ms until what a session told of the one before is written again. */
const openRetry = 5_000

export type MakeWire = (resume: StreamRow | null, listener: WireListener) => Wire

export interface LeadOptions {
  readonly core: Core
  readonly endpoint: () => string | null
  /** Loads the wire's code; it is large and not needed to show what is stored. */
  loadWire(): Promise<MakeWire>
  readonly mayTell: MayTell
  /** The conversation that somebody has on screen; null: none. */
  inSight(): ConversationId | null
  state(state: Partial<EngineState>): void
  proven(proof: Proof): void
  /** The person gave the password again. */
  renewed(password: string): void
}

export class Lead {
  readonly #options: LeadOptions
  readonly #core: Core
  readonly #wire: Wire
  readonly #archive: Archive
  readonly #history: History
  readonly #newest: Newest
  readonly #survey: Survey
  readonly #outbox: Outbox
  readonly #queue: Queue
  readonly #roster: Roster
  readonly #owed: Owed
  readonly #displayed: DisplayedNode
  readonly #receiver: Receiver
  readonly #stream: DurableStream
  readonly #commands: Commands
  readonly #agenda: Agenda
  readonly #mending: Task = { isApart: true, run: () => this.#history.mend() }
  #hasDiscovered = false
  #opening = Promise.resolve()
  #isStopped = false
  /** The disk refused what a session told: it could not be opened. */
  #isHeldUp = false
  /** A stream began, and what the one before told of presence is still stored. */
  #isAnew = false
  #cancelOpening: () => void = () => undefined

  static async make(options: LeadOptions): Promise<Lead> {
    const stored = await readMeta<StreamRow>(options.core.account, 'stream')
    const resume = isSound('stream', stored) ? stored : null
    const lead = new Lead(options, resume, await options.loadWire())
    await lead.#archive.load()
    return lead
  }

  private constructor(options: LeadOptions, resume: StreamRow | null, makeWire: MakeWire) {
    this.#options = options
    this.#core = options.core
    this.#wire = makeWire(resume, {
      state: (state) => this.#connectionChanged(state),
      settled: () => this.#receiver.settled(),
      told: (told) => this.#told(told),
      opened: (opened) => {
        this.#core.beginSession(opened.isAnnounced)
        this.#owed.newSession(null)
        this.#open(opened, this.#core.session)
      },
      incoming: (event: WireEvent, number) => this.#receiver.push(event, number),
      acked: (handled) => [this.#outbox, this.#owed].forEach((each) => each.acked(handled)),
      ackDue: (handled) => this.#stream.acknowledge(handled),
      closed: () => this.#endSession(),
      proven: (proof) => options.proven(proof),
    })
    this.#agenda = new Agenda(this.#core, this.#wire)
    this.#stream = new DurableStream(this.#core, this.#wire)
    this.#outbox = new Outbox(this.#core, this.#wire, () => this.#archive)
    this.#queue = new Queue(this.#core, () => this.#outbox.drain())
    const applyMarks: ApplyMarks = (writing, writer, message) => this.#outbox.applyMarks(writing, writer, message)
    this.#archive = new Archive(this.#core, this.#wire, {
      progress: (done, total) => options.state({ progress: { what: 'archive', done, total } }),
      caughtUp: () => this.#caughtUp(),
      stored: () => this.#tell(),
      between: () => this.#newest.fetch(options.inSight()),
      applyMarks,
    })
    this.#history = new History(this.#core, this.#wire, this.#archive, applyMarks)
    this.#newest = new Newest(this.#core, this.#wire, applyMarks)
    this.#survey = new Survey(this.#core, this.#wire, this.#archive, applyMarks)
    this.#roster = new Roster(this.#core, this.#wire)
    this.#displayed = new DisplayedNode(this.#core, this.#wire, this.#archive)
    this.#owed = new Owed(this.#core, this.#wire, options.mayTell)
    this.#commands = new Commands({
      core: this.#core,
      queue: this.#queue,
      marker: new Marker(this.#core, [this.#displayed, this.#owed], () => options.mayTell('displayed')),
      roster: this.#roster,
      mend: (localId) => {
        this.#history.noteBroken(localId)
        void this.#agenda.run([this.#mending])
      },
    })
    this.#receiver = new Receiver(this.#core, this.#archive, this.#outbox, this.#roster, {
      committed: (number) => this.#wire.commit(number),
      stream: this.#stream,
      received: () => this.#tell(),
      applyDisplayed: (...given) => this.#displayed.apply(...given),
    })
    this.#core.whenRecovered(() => {
      if (this.#isHeldUp) this.#wire.tryNow()
      this.#isHeldUp = false
      this.#outbox.recovered()
      this.#archive.recovered()
      this.#owed.drain()
    })
  }

  start(): void {
    this.#wire.start()
  }

  /** `drop`: the session can be resumed by whoever leads next; `end`: it is over (signing out). */
  stop(how: 'end' | 'drop'): void {
    this.#isStopped = true
    this.#receiver.stop()
    this.#core.stop()
    this.#endSession()
    this.#wire.stop(how)
  }

  /** Whether anybody looks: what can wait may then be held back by the server. */
  setActive(isActive: boolean): void {
    this.#wire.setActive(isActive)
  }

  /** What is stored now may be owed to others: receipts, read positions. */
  #tell(): void {
    this.#owed.drain()
    this.#displayed.drain()
  }

  #connectionChanged(state: ConnectionState): void {
    if (this.#isStopped) return
    const endpoint = this.#options.endpoint()
    const none = { failure: null, retryAt: null, endpoint }
    if (state.phase === 'open') return this.#options.state({ connection: { phase: 'catching-up', ...none } })
    if (state.phase === 'connecting') return this.#options.state({ connection: { phase: 'connecting', ...none } })
    const retryAt = state.phase === 'waiting' ? state.retryAt : null
    this.#options.state({
      connection: { phase: state.phase, failure: state.failure, retryAt, endpoint },
      progress: null,
    })
  }

  /** One after the other: what a session tells of the one before it must be written before the next one tells more. */
  #open(opened: Opened, session: number): void {
    this.#opening = this.#opening.then(() => this.#opened(opened, session))
  }

  /** What the server told of a session, and what can be resumed of it, in one transaction. */
  #told(told: Told): Promise<void> {
    const deciding = this.#opening.then(() =>
      this.#outbox.decide(told, (writing) => this.#stream.replace(writing, told.state)),
    )
    this.#opening = deciding.catch(() => void (this.#isHeldUp = true))
    this.#owed.newSession(told.handled)
    return deciding
  }

  /** Never rejects. */
  async #opened(opened: Opened, session: number): Promise<void> {
    this.#outbox.newSession()
    this.#isAnew ||= !opened.isResumed
    try {
      if (session === this.#core.session) await this.#putStream()
      // Even if it is lost by now: what it told of the stream before it is told by nobody else.
      await this.#outbox.opened(opened, session)
    } catch (error) {
      return this.#openAgain(error, () => this.#open(opened, session))
    }
    if (session === this.#core.session) void this.#agenda.run(this.#tasks(opened.isAnnounced))
  }

  async #putStream(): Promise<void> {
    await this.#core.write(async (writing) => {
      await this.#stream.put(writing, null)
      if (this.#isAnew) await this.#roster.forgetPresence(writing)
    })
    this.#isAnew = false
  }

  #openAgain(error: unknown, again: () => void): void {
    if (this.#isStopped || failureOf(error).what === 'epoch-lost' || !this.#wire.isOpen) return
    const { session } = this.#core
    this.#cancelOpening()
    this.#cancelOpening = this.#core.clock.after(openRetry, () => {
      if (this.#wire.isOpen && session === this.#core.session) again()
    })
  }

  /**
   * What a session needs, up to where it counts as caught up, and what is good to have behind that. One that was cut before
   * it was announced, or with the presence on its way, is resumed as a new one: to the server we are not there.
   */
  #tasks(isAnnounced: boolean): readonly Task[] {
    return [
      { run: () => (isAnnounced && this.#hasDiscovered ? Promise.resolve() : this.#discover()) },
      { run: () => this.#roster.refresh() },
      // One query before the first presence keeps servers from sending the same messages as offline copies.
      { run: () => this.#archive.catchUp(() => this.#announce()) },
      { run: () => this.#outbox.caughtUp() },
      { isApart: true, run: () => this.#owed.caughtUp() },
      { isApart: true, run: () => this.#displayed.caughtUp(isAnnounced) },
      { isApart: true, run: () => this.#survey.run() },
      this.#mending,
    ]
  }

  /** Once a session: only the first presence has the server ask the contacts for theirs (RFC 6121 section 4.2.2). */
  #announce(): void {
    if (Number.isFinite(this.#core.announcedAt)) return
    this.#wire.announcePresence()
    this.#core.announced()
    this.#archive.announced()
    // Where the disk refuses, the next thing that is stored says it too.
    this.#core.write((writing) => this.#stream.putAnnounced(writing)).catch(() => undefined)
  }

  async #discover(): Promise<void> {
    const abilities = await this.#wire.discover()
    this.#hasDiscovered = true
    if (abilities.clockOffset !== null) this.#core.setClock(abilities.clockOffset)
    this.#archive.state = abilities.archive
    this.#displayed.discovered(abilities.keepsDisplayed)
    this.#options.state({ archive: abilities.archive === 'partial' ? 'available' : abilities.archive })
  }

  #caughtUp(): void {
    const endpoint = this.#options.endpoint()
    this.#options.state({ connection: { phase: 'online', failure: null, retryAt: null, endpoint }, progress: null })
    this.#owed.drain()
  }

  #endSession(): void {
    this.#stream.lost()
    this.#core.endSession()
    this.#agenda.stop()
    this.#cancelOpening()
    this.#newest.forget()
    for (const each of [this.#archive, this.#outbox, this.#owed, this.#displayed]) each.lost()
  }

  execute(command: Command): Promise<CommandResult> {
    return this.#commands.execute(command)
  }

  async answer(question: Question): Promise<Answer> {
    try {
      if (question.ask === 'older') return { ok: true, ...(await this.#history.readOlder(question.conversation)) }
      if (question.ask === 'fill-gap') return { ok: true, ...(await this.#history.fillGap(question.gap)) }
      if (question.password !== undefined) this.#options.renewed(question.password)
      this.#wire.tryNow()
      return { ok: true, added: 0, isComplete: true }
    } catch (error) {
      return { ok: false, failure: failureOf(error) }
    }
  }
}
