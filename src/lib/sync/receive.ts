/**
 * From the gate to the disk: takes what the wire hands over, in order, in batches of one transaction, and only then
 * lets it be counted as handled. A write that fails is tried again; what can never be written is left to unreadable.ts.
 */
import { failureOf } from '#model/failure.ts'
import type { Displayed } from '#model/incoming.ts'
import type { WireEvent } from '#xmpp/incoming.ts'
import type { Writing } from '#storage/database.ts'
import { MessageWriter } from '#storage/write/message.ts'
import type { Archive } from './archive.ts'
import type { Core } from './core.ts'
import type { Outbox } from './outbox.ts'
import { quiet } from './quiet.ts'
import type { Roster } from './roster.ts'
import type { DurableStream } from './stream.ts'
import { storeReadable } from './unreadable.ts'

/** A burst is cut into transactions of at most this many stanzas, so that none holds the others up. */
const batchSize = 250
/** ms until a failed write is tried again. */
const retryPause = 1_000

interface Item {
  readonly event: WireEvent
  readonly number: number
}

export interface ReceiverListener {
  /** Effects up to this number are durable. */
  committed(number: number): void
  /** What must survive to resume here is put into the same transaction. */
  readonly stream: Pick<DurableStream, 'put' | 'stored'>
  /** Receipts may be due, and read positions. */
  received(): void
  /** Another device of ours has read so far. */
  applyDisplayed(writing: Writing, writer: MessageWriter, displayed: readonly Displayed[]): Promise<void>
}

export class Receiver {
  readonly #core: Core
  readonly #archive: Archive
  readonly #outbox: Outbox
  readonly #roster: Roster
  readonly #listener: ReceiverListener
  #queue: Item[] = []
  #running: Promise<void> | null = null
  #isStopped = false
  #isCareful = false

  constructor(core: Core, archive: Archive, outbox: Outbox, roster: Roster, listener: ReceiverListener) {
    this.#core = core
    this.#archive = archive
    this.#outbox = outbox
    this.#roster = roster
    this.#listener = listener
  }

  /** Called synchronously by the wire, in order. */
  push(event: WireEvent, number: number): void {
    this.#queue.push({ event, number })
    this.#running ??= this.#run()
  }

  /** Resolves when all that was pushed is written, which may be after its session: until then the numbers are of that one. */
  settled(): Promise<void> {
    return this.#running ?? Promise.resolve()
  }

  stop(): void {
    this.#isStopped = true
    this.#queue = []
  }

  async #run(): Promise<void> {
    // The frames of one burst arrive in one task; they go into one transaction.
    await Promise.resolve()
    while (this.#queue.length > 0 && !this.#isStopped) {
      const batch = this.#queue.slice(0, this.#isCareful ? 1 : batchSize)
      if (!(await this.#store(batch))) continue
      const last = this.#queue.splice(0, batch.length).at(-1)
      if (last && last.number > 0) this.#listener.committed(last.number)
      if (batch.some(({ event }) => event.kind === 'message' || event.kind === 'displayed')) this.#listener.received()
    }
    this.#running = null
    this.#isCareful = false
  }

  async #store(batch: readonly Item[]): Promise<boolean> {
    if (batch.every(({ event }) => event.kind === 'collected' || event.kind === 'refused')) return true
    const [first] = batch
    const settled: (() => void)[] = []
    try {
      // What can never be stored must not hold up what follows: it is found by storing one at a time.
      if (this.#isCareful && first?.event.kind === 'message')
        await storeReadable(this.#core, first.event.message, (writing, message) =>
          this.#write(writing, [{ kind: 'message', message }], settled),
        )
      else {
        const events = batch.map(({ event }) => event)
        await this.#core.write((writing) => this.#write(writing, events, settled))
      }
    } catch (error) {
      const { what } = failureOf(error)
      if (what === 'epoch-lost') this.stop()
      // Nobody's words: presence comes again, the roster is read by the next session.
      else if (what === 'unexpected' && this.#isCareful) return true
      else if (what === 'unexpected') this.#isCareful = true
      else await new Promise<void>((resolve) => this.#core.clock.after(retryPause, resolve))
      return false
    }
    for (const done of settled) done()
    return true
  }

  /** The head of the queue, and how far that is. */
  async #write(writing: Writing, events: readonly WireEvent[], settled: (() => void)[]): Promise<void> {
    settled.length = 0
    const writer = new MessageWriter(writing)
    await writer.foresee(events.flatMap((event) => (event.kind === 'message' ? event.message : [])))
    for (const event of events) await this.#apply(writing, writer, event, settled)
    await writer.finish()
    const { number = 0 } = this.#queue[events.length - 1] ?? {}
    if (number === 0) return
    await this.#listener.stream.put(writing, number)
    settled.push(() => this.#listener.stream.stored(number))
  }

  async #apply(writing: Writing, writer: MessageWriter, event: WireEvent, settled: (() => void)[]): Promise<void> {
    switch (event.kind) {
      case 'message': {
        const { message } = event
        if (await this.#outbox.applyMarks(writing, writer, message)) return
        const { openedAt: opened, announcedAt: announced } = this.#core
        await writer.store(message, { kind: 'live', serverNow: this.#core.serverNow(), opened, announced })
        settled.push(() => this.#archive.readSoon(message.archiveId === null ? quiet.unplaced : quiet.placed))
        return
      }
      case 'bounce':
        if (await this.#outbox.applyBounce(writing, writer, event.bounce)) settled.push(() => this.#outbox.drain())
        return
      case 'displayed':
        return this.#listener.applyDisplayed(writing, writer, event.displayed)
      case 'presence':
        return this.#roster.applyPresence(writing, event.presence)
      case 'roster':
        return this.#roster.applyItems(writing, event.answer)
      case 'inquiry':
        settled.push(await this.#roster.judgeInquiry(writing, event.inquiry))
        return
      default:
    }
  }
}
