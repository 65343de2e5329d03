/**
 * What was written to the wire, until the server has acknowledged it: numbered on the disk, settled when its number is reached.
 * What the disk refuses is kept and written when it takes it again. Which rows are sent is decided by outbox.ts.
 */
import type { LocalId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import type { StoredOutboxRow } from '#storage/schema.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { outboxOf, putOutbox } from '#storage/write/outbox.ts'
import { isReached } from '#xmpp/stream-management.ts'
import type { Core } from './core.ts'

export interface Sent {
  readonly row: StoredOutboxRow
  /** null: nobody counts. */
  readonly number: number | null
}

/** What became of rows that were taken to be sent. */
export interface Batch {
  readonly session: number
  readonly streamId: string | null
  readonly sent: readonly Sent[]
  readonly unsent: readonly StoredOutboxRow[]
}

export interface OnWireListener {
  /** The server has it; in the transaction that says so. */
  settle(writing: Writing, writer: MessageWriter, row: StoredOutboxRow): Promise<void>
  /** Some were settled. */
  settled(): void
}

interface Unacknowledged {
  readonly message: LocalId
  /** null: nobody counts, and what was written counts as sent; there is nothing better to know. */
  readonly number: number | null
}

export class OnWire {
  readonly #core: Core
  readonly #listener: OnWireListener
  /** Of this session, in order of numbers. */
  #waiting: readonly Unacknowledged[] = []
  #unrecorded: Batch | null = null
  #handled: number | null = null

  constructor(core: Core, listener: OnWireListener) {
    this.#core = core
    this.#listener = listener
  }

  /** The session is over; what the disk does not know of it yet is still written. */
  lost(): void {
    this.#waiting = []
  }

  newSession(): void {
    this.#handled = null
    this.#waiting = []
  }

  /** Writes down what a batch came to. @throws Failed */
  async push(batch: Batch): Promise<void> {
    this.#unrecorded = batch
    await this.record()
  }

  /** Writes down what is not yet; before anything else is sent or decided. @throws Failed */
  async record(): Promise<void> {
    const batch = this.#unrecorded
    if (batch === null) return
    await this.#core.write((writing) => recordBatch(writing, batch))
    if (this.#unrecorded !== batch) return
    this.#unrecorded = null
    // The next session has decided what became of the last one's.
    if (batch.session !== this.#core.session) return
    const counted = batch.sent.filter(({ number }) => number !== null || batch.streamId === null)
    this.#waiting = [...this.#waiting, ...counted.map(({ row, number }) => ({ message: row.message, number }))]
    await this.#settleReached()
  }

  acked(handled: number): void {
    this.#handled = handled
    this.settle()
  }

  /** Settles what the server is known to have. The reason of a failure is told by the write itself. */
  settle(): void {
    this.#settleReached().catch(() => undefined)
  }

  async #settleReached(): Promise<void> {
    const handled = this.#handled
    const reached = this.#waiting.filter(
      ({ number }) => number === null || (handled !== null && isReached(handled, number)),
    )
    if (reached.length === 0) return
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      for (const { message, number } of reached) {
        const row = await outboxOf(writing, message)
        // One that came back meanwhile waits for its next try: this is about the last.
        if (row?.state === 'sending' && row.number === number) await this.#listener.settle(writing, writer, row)
      }
      await writer.finish()
    })
    this.#waiting = this.#waiting.filter((each) => !reached.includes(each))
    this.#listener.settled()
  }
}

/** Harmless where it is written already: both who sends and who decides about a session see to it that it is. */
async function recordBatch(writing: Writing, { sent, unsent, streamId }: Batch): Promise<void> {
  for (const { row, number } of sent) {
    const current = await stillTaken(writing, row)
    if (current?.state === 'sending') await putOutbox(writing, { ...current, number, streamId })
  }
  for (const row of unsent) {
    const current = await stillTaken(writing, row)
    if (!current || current.number !== null) continue
    const firstAt = current.attempts === 1 ? 0 : current.firstAt
    await putOutbox(writing, { ...current, state: 'queued', attempts: current.attempts - 1, firstAt })
  }
}

/** null: it was tried again since, or came back, or is settled. */
async function stillTaken(writing: Writing, row: StoredOutboxRow): Promise<StoredOutboxRow | null> {
  const current = await outboxOf(writing, row.message)
  return current?.attempts === row.attempts && current.streamId === row.streamId ? current : null
}
