/**
 * What waits to be sent, from the first tap to the last proof. Only this file sends and resends; what became of a message
 * is written by delivery.ts. A row that never was on the wire goes at once; one that was waits until the archive or stream
 * management has told.
 */
import type { Failure } from '#model/failure.ts'
import type { Bounce, IncomingMessage } from '#model/incoming.ts'
import type { ConversationId, LocalId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import type { StoredOutboxRow } from '#storage/schema.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { allOutbox, dropBrokenOutbox, putOutbox } from '#storage/write/outbox.ts'
import { withDelay } from '#xmpp/message.ts'
import { isReached } from '#xmpp/stream-management.ts'
import type { LastWord, Opened, Wire } from '#xmpp/wire.ts'
import type { Archive } from './archive.ts'
import type { Core } from './core.ts'
import { leaveUncertain, markDelivery, settleFailed, settleSent, type Settling } from './delivery.ts'
import { OnWire, type Sent } from './on-wire.ts'
import { quiet } from './quiet.ts'
import { applyBounce, applyMarks } from './their-marks.ts'

const batchSize = 50
/** After so many tries in vain a message goes alone, and after so many it is given up. */
const suspectAttempts = 3
const mostAttempts = 8

export class Outbox {
  readonly #core: Core
  readonly #wire: Wire
  readonly #archive: () => Archive
  readonly #onWire: OnWire
  #streamId: string | null = null
  #isReady = false
  #draining: Promise<void> | null = null
  #again = false
  #cancelRetry: () => void = () => undefined

  constructor(core: Core, wire: Wire, archive: () => Archive) {
    this.#core = core
    this.#wire = wire
    this.#archive = archive
    this.#onWire = new OnWire(core, {
      settle: (writing, writer, row) => settleSent(this.#settling(writing, writer), row),
      settled: () => {
        this.#archive().readSoon(quiet.unplaced)
        this.drain()
      },
    })
  }

  /**
   * What a session left in doubt is decided as far as the server's count can tell; `more` is written with it. It must be
   * durable before anything that is counted goes to the same stream. @throws Failed
   */
  async decide(word: LastWord | null, more: (writing: Writing) => Promise<void>): Promise<void> {
    await this.#onWire.record()
    const handled = word?.handled ?? null
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      for (const message of await dropBrokenOutbox(writing)) await this.#failBroken(writing, writer, message)
      for (const row of await allOutbox(writing)) {
        if (row.state !== 'sending' && row.state !== 'reconcile') continue
        const isCounted = row.number !== null && row.streamId === word?.stream && handled !== null
        if (isCounted && isReached(handled, row.number ?? 0)) await settleSent(this.#settling(writing, writer), row)
        else await putOutbox(writing, { ...row, state: isCounted ? 'queued' : 'reconcile', number: null })
      }
      await writer.finish()
      await more(writing)
    })
  }

  /** `session` is there. */
  async opened(opened: Opened, session: number): Promise<void> {
    this.#isReady = false
    this.#streamId = opened.streamId
    await this.decide(opened.lastWord, () => Promise.resolve())
    // Lost meanwhile: only the session after it may send, when it has decided what this one left in doubt.
    if (session !== this.#core.session) return
    this.#isReady = true
    this.drain()
  }

  /** Everything the archive has is stored: what was found is settled, what was not found was never taken. */
  async caughtUp(): Promise<void> {
    const { state } = this.#archive()
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      for (const row of await allOutbox(writing)) {
        if (row.state !== 'reconcile') continue
        const isKept = state === 'available' || (state === 'partial' && (await isContact(writing, row)))
        if (isKept)
          await putOutbox(writing, { ...row, state: 'queued', wire: withDelay(row.wire, row.firstAt, this.#core.self) })
        else await leaveUncertain(this.#settling(writing, writer), row.message, 'no archive to ask')
      }
      await writer.finish()
    })
    this.drain()
  }

  lost(): void {
    this.#isReady = false
    this.#onWire.lost()
    this.#cancelRetry()
  }

  /** Writing works again: what could not be written down is, and what waits is sent. */
  recovered(): void {
    this.drain()
    this.#onWire.settle()
  }

  /** Sends what may be sent. One run at a time; asked again meanwhile, it looks once more. */
  drain(): void {
    if (!this.#isReady) return
    if (this.#draining) {
      this.#again = true
      return
    }
    this.#draining = this.#run()
      // The reason is a lost connection or a failed write; both call drain again when they are over.
      .catch(() => undefined)
      .finally(() => {
        this.#draining = null
        if (this.#again) this.drain()
      })
  }

  async #run(): Promise<void> {
    do {
      this.#again = false
      await this.#onWire.record()
      const { session } = this.#core
      const rows = await this.#take()
      if (rows.length === 0) continue
      const sent: Sent[] = []
      const unsent: StoredOutboxRow[] = []
      for (const row of rows) {
        const number = session === this.#core.session ? this.#send(row) : undefined
        if (number === undefined) unsent.push(row)
        else sent.push({ row, number })
      }
      this.#wire.requestAck()
      await this.#onWire.push({ session, streamId: this.#streamId, sent, unsent })
      // One that took the stream down before goes alone, until it is known what becomes of it.
      this.#again ||= !rows.some(isSuspect)
    } while (this.#again && this.#isReady)
  }

  /** undefined: nothing was written, for sure. */
  #send(row: StoredOutboxRow): number | null | undefined {
    try {
      return this.#wire.send(row.wire)
    } catch {
      return undefined
    }
  }

  /** Marks the next rows as being on the wire, before they are: a crash in between must not send them as new. */
  async #take(): Promise<StoredOutboxRow[]> {
    const taken: StoredOutboxRow[] = []
    let soonest = Number.POSITIVE_INFINITY
    await this.#core.write(async (writing) => {
      taken.length = 0
      const writer = new MessageWriter(writing)
      const blocked = new Set<ConversationId>()
      for (const row of await allOutbox(writing)) {
        // What is in doubt holds back what follows in its conversation: order is kept.
        if (row.state === 'reconcile') blocked.add(row.conversation)
        if (row.state !== 'queued' || blocked.has(row.conversation)) continue
        if (row.retryAt > writing.now) {
          // The order of a conversation is kept: what waits holds back what follows.
          blocked.add(row.conversation)
          soonest = Math.min(soonest, row.retryAt)
          continue
        }
        if (row.attempts >= mostAttempts) {
          await this.#giveUp(writing, writer, row)
          continue
        }
        if (isSuspect(row) && taken.length > 0) break
        const next: StoredOutboxRow = {
          ...row,
          state: 'sending',
          firstAt: row.firstAt === 0 ? this.#core.serverNow() : row.firstAt,
          streamId: this.#streamId,
          number: null,
          attempts: row.attempts + 1,
        }
        await putOutbox(writing, next)
        await markDelivery(this.#settling(writing, writer), row.message, 'sending', null)
        taken.push(next)
        if (taken.length === batchSize || isSuspect(row)) break
      }
      await writer.finish()
    })
    if (soonest < Number.POSITIVE_INFINITY) {
      this.#cancelRetry()
      this.#cancelRetry = this.#core.clock.after(Math.max(0, soonest - this.#core.clock.now()), () => this.drain())
    }
    return taken
  }

  /** Its stanza is lost; the person may send the message again, where that can be read. */
  async #failBroken(writing: Writing, writer: MessageWriter, message: LocalId): Promise<void> {
    const row = await writer.row(message)
    const failure: Failure = { what: 'storage-failed', remedy: 'ask', cause: 'outbox row not whole' }
    if (row?.isOwn && row.pending === 1) await settleFailed(this.#settling(writing, writer), row, failure)
  }

  /** It ended the stream each time: it would do so for ever, and hold up everything behind it. */
  async #giveUp(writing: Writing, writer: MessageWriter, outbox: StoredOutboxRow): Promise<void> {
    const row = await writer.row(outbox.message)
    const failure: Failure = {
      what: 'stanza-refused',
      remedy: 'ask',
      cause: `${outbox.attempts} tries ended the stream`,
    }
    if (row) await settleFailed(this.#settling(writing, writer), row, failure)
  }

  acked(handled: number): void {
    this.#onWire.acked(handled)
  }

  newSession(): void {
    this.#onWire.newSession()
  }

  applyMarks(writing: Writing, writer: MessageWriter, message: IncomingMessage): Promise<boolean> {
    return applyMarks(this.#settling(writing, writer), this.#core.self, message)
  }

  /** True: it waits to be tried again, and `drain` after the commit sees to that. */
  applyBounce(writing: Writing, writer: MessageWriter, bounce: Bounce): Promise<boolean> {
    return applyBounce(this.#settling(writing, writer), this.#core.self, bounce)
  }

  #settling(writing: Writing, writer: MessageWriter): Settling {
    return { writing, writer, serverNow: this.#core.serverNow() }
  }
}

function isSuspect(row: StoredOutboxRow): boolean {
  return row.attempts >= suspectAttempts
}

async function isContact(writing: Writing, row: StoredOutboxRow): Promise<boolean> {
  return (await writing.tx.objectStore('roster').get(row.to)) !== undefined
}
