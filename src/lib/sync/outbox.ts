/**
 * What waits to be sent, from the first tap to the last proof. Only this file resends, and only it decides a delivery status.
 * A row that never was on the wire goes at once; one that was waits until the archive or stream management has told.
 */
import { Failed, type Failure } from '#model/failure.ts'
import type { Bounce, IncomingMessage } from '#model/incoming.ts'
import { isShown, textOf, type ConversationId, type LocalId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import { contentOf, recordId } from '#storage/read/message.ts'
import type { MessageRow, StoredMessageRow, StoredOutboxRow } from '#storage/schema.ts'
import { setDraft } from '#storage/write/conversation.ts'
import { delivered } from '#storage/write/delivery.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { addOutbox, dropOutbox, outboxOf, putOutbox } from '#storage/write/outbox.ts'
import { placeAfter } from '#storage/write/placing.ts'
import { sealRecord } from '#vault/seal.ts'
import { withDelay, writeText } from '#xmpp/message.ts'
import { isReached } from '#xmpp/stream-management.ts'
import type { Opened, Wire } from '#xmpp/wire.ts'
import type { Archive } from './archive.ts'
import type { Core } from './core.ts'

/** Prosody ends the stream over 256 KiB (RFC 6120 section 4.9.3.14); room for what servers add. */
const largestWire = 250_000
const batchSize = 50
const mostBounces = 5

interface OnWire {
  readonly message: LocalId
  readonly number: number
}

export class Outbox {
  readonly #core: Core
  readonly #wire: Wire
  readonly #archive: () => Archive
  /** What of this session the server has not acknowledged yet, in order of numbers. */
  #onWire: OnWire[] = []
  #streamId: string | null = null
  #isReady = false
  #draining: Promise<void> | null = null
  #again = false
  #cancelRetry: () => void = () => undefined

  constructor(core: Core, wire: Wire, archive: () => Archive) {
    this.#core = core
    this.#wire = wire
    this.#archive = archive
  }

  /** Stores a text to send; the row appears because it is stored. @throws Failed message-too-large, storage-* */
  async queue(conversation: ConversationId, originId: string, body: string): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const touched = await writer.conversationById(conversation)
      if (!touched) throw new Failed('recipient-unknown', 'give-up', 'no such conversation')
      const known = await writing.tx
        .objectStore('message')
        .index('origin')
        .getKey([conversation, this.#core.self, originId])
      if (known !== undefined) return
      const wire = writeText(touched.row.jid, originId, body)
      if (new TextEncoder().encode(wire).length > largestWire)
        throw new Failed('message-too-large', 'ask', `${wire.length}`)
      const message = await this.#addMessage(writing, writer, conversation, originId, body)
      await addOutbox(writing, {
        message,
        conversation,
        to: touched.row.jid,
        originId,
        wire,
        state: 'queued',
        firstAt: 0,
        streamId: null,
        number: null,
        attempts: 0,
        retryAt: 0,
      })
      setDraft(writing, touched.row, '', writing.now)
      await writer.finish()
    })
    this.drain()
  }

  async #addMessage(
    writing: Writing,
    writer: MessageWriter,
    conversation: ConversationId,
    originId: string,
    body: string,
  ): Promise<LocalId> {
    const touched = await writer.conversationById(conversation)
    if (!touched) throw new Failed('recipient-unknown', 'give-up', 'no such conversation')
    const place = await this.#lastPlace(writing, conversation)
    const row: MessageRow = {
      conversation,
      isOwn: true,
      senderJid: this.#core.self,
      senderResource: null,
      occupantId: null,
      realJid: null,
      via: 'here',
      pending: 1,
      ...place,
      originId,
      messageId: originId,
      archiveId: null,
      by: null,
      sentAt: this.#core.serverNow(),
      storedAt: writing.now,
      encryption: null,
      expiresAt: null,
      delivery: delivered(null, 'queued', writing.now),
      sealed: { key: 0, body: null },
    }
    row.sealed = sealRecord(writing.keys, recordId(row), { parts: [{ kind: 'text', body }], raw: null })
    const stored = await writer.add(touched, row, true, true)
    return stored.localId
  }

  /** Pending messages stand in the order of queueing, after one another. */
  async #lastPlace(writing: Writing, conversation: ConversationId): Promise<{ at: number; rank: string }> {
    const index = writing.tx.objectStore('message').index('timeline')
    const last = await index.openCursor(IDBKeyRange.bound([conversation, 1], [conversation, 1, []]), 'prev')
    return placeAfter(last ? { at: last.value.at, rank: last.value.rank } : null, this.#core.serverNow())
  }

  /** A session is there; what the last one left in doubt is decided as far as counts can tell. */
  async opened(opened: Opened, previousStream: string | null): Promise<void> {
    this.#onWire = []
    this.#isReady = false
    this.#streamId = opened.streamId
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      for (const row of await allOutbox(writing)) {
        if (row.state !== 'sending' && row.state !== 'reconcile') continue
        const counted = row.number !== null && row.streamId === previousStream && opened.handled !== null
        if (counted && isReached(opened.handled ?? 0, row.number ?? 0)) await this.#settleSent(writing, writer, row)
        else if (counted) await putOutbox(writing, { ...row, state: 'queued', number: null })
        else await putOutbox(writing, { ...row, state: 'reconcile', number: null })
      }
      await writer.finish()
    })
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
        else await this.#leaveUncertain(writing, writer, row)
      }
      await writer.finish()
    })
    this.drain()
  }

  /** Nothing can tell whether it was taken: the person decides, or a receipt does. */
  async #leaveUncertain(writing: Writing, writer: MessageWriter, row: StoredOutboxRow): Promise<void> {
    await putOutbox(writing, { ...row, state: 'uncertain' })
    await this.#mark(writing, writer, row.message, 'uncertain', {
      what: 'maybe-sent',
      remedy: 'ask',
      cause: 'no archive to ask',
    })
  }

  lost(): void {
    this.#isReady = false
    this.#onWire = []
    this.#cancelRetry()
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
      const rows = await this.#take()
      if (rows.length === 0) continue
      const sent = rows.map((row) => ({ row, number: this.#wire.send(row.wire) }))
      this.#wire.requestAck()
      await this.#core.write(async (writing) => {
        for (const { row, number } of sent) {
          const current = await outboxOf(writing, row.message)
          if (current) await putOutbox(writing, { ...current, number })
        }
      })
      for (const { row, number } of sent) if (number !== null) this.#onWire.push({ message: row.message, number })
      if (sent.some(({ number }) => number === null))
        await this.#trust(sent.filter(({ number }) => number === null).map(({ row }) => row))
      await this.#settleReached()
      this.#again = true
    } while (this.#again && this.#isReady)
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
        const next: StoredOutboxRow = {
          ...row,
          state: 'sending',
          firstAt: row.firstAt === 0 ? this.#core.serverNow() : row.firstAt,
          streamId: this.#streamId,
          number: null,
          attempts: row.attempts + 1,
        }
        await putOutbox(writing, next)
        await this.#mark(writing, writer, row.message, 'sending', null)
        taken.push(next)
        if (taken.length === batchSize) break
      }
      await writer.finish()
      // From now on the archive may hold it between what others send: coverage stands still until the tail was read.
      if (taken.length > 0) await this.#archive().openGround(writing)
    })
    if (soonest < Number.POSITIVE_INFINITY) {
      this.#cancelRetry()
      this.#cancelRetry = this.#core.clock.after(Math.max(0, soonest - this.#core.clock.now()), () => this.drain())
    }
    return this.#isReady ? taken : []
  }

  /** Without stream management a written stanza counts as sent; there is nothing better to know. */
  async #trust(rows: readonly StoredOutboxRow[]): Promise<void> {
    if (this.#streamId !== null) return
    await this.#settle(rows.map((row) => row.message))
  }

  #handled: number | null = null

  acked(handled: number): void {
    this.#handled = handled
    // The reason of a failure is told by the write itself; the next session settles what this one could not.
    this.#settleReached().catch(() => undefined)
  }

  async #settleReached(): Promise<void> {
    const handled = this.#handled
    if (handled === null) return
    const reached = this.#onWire.filter(({ number }) => isReached(handled, number))
    if (reached.length === 0) return
    this.#onWire = this.#onWire.filter(({ number }) => !isReached(handled, number))
    await this.#settle(reached.map(({ message }) => message))
  }

  newSession(): void {
    this.#handled = null
  }

  async #settle(messages: readonly LocalId[]): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      for (const message of messages) {
        const row = await outboxOf(writing, message)
        if (row) await this.#settleSent(writing, writer, row)
      }
      await writer.finish()
    })
    this.#archive().confirmSoon()
  }

  /** The server has it: it leaves the pending end and takes its place after what is there. */
  async #settleSent(writing: Writing, writer: MessageWriter, outbox: StoredOutboxRow): Promise<void> {
    const row = await writer.row(outbox.message)
    await dropOutbox(writing, outbox.message)
    if (!row) return
    const touched = await writer.conversationById(row.conversation)
    if (!touched) return
    if (row.pending === 1) {
      row.pending = 0
      const place = placeAfter(writer.tailOf(touched), this.#core.serverNow())
      row.at = place.at
      row.rank = place.rank
      row.place = [row.conversation, 0, row.at, row.rank]
    }
    row.delivery = delivered(row.delivery, 'sent', writing.now)
    await writer.put(touched, row, true)
    writer.readTo(touched, row)
  }

  async #mark(
    writing: Writing,
    writer: MessageWriter,
    message: LocalId,
    status: 'sending' | 'uncertain' | 'failed' | 'queued',
    failure: Failure | null,
  ): Promise<void> {
    const row = await writer.row(message)
    const touched = row ? await writer.conversationById(row.conversation) : null
    if (!row || !touched) return
    row.delivery = delivered(row.delivery, status, writing.now, failure)
    await writer.put(touched, row, false)
  }

  /** A receipt from the addressee marks our message; true: the stanza was only that (XEP-0184 section 5.4). */
  async applyReceipt(writing: Writing, writer: MessageWriter, message: IncomingMessage): Promise<boolean> {
    const marker = message.content.parts.find((part) => part.kind === 'marker')
    if (!marker) return false
    const isOnly = !isShown(message.content)
    if (message.isOwn) return isOnly
    const touched = await writer.conversation(message.peer)
    const store = writing.tx.objectStore('message')
    const rows = await store.index('wire').getAll([touched.row.id, this.#core.self, marker.of], 1)
    const row = rows[0] as StoredMessageRow | undefined
    if (row) await this.#settleDelivered(writing, writer, row)
    else if (isOnly) await this.#keepWaiting(writing, touched.row.id, marker.of, message)
    return isOnly
  }

  async #settleDelivered(writing: Writing, writer: MessageWriter, row: StoredMessageRow): Promise<void> {
    const outbox = await outboxOf(writing, row.localId)
    if (outbox) await this.#settleSent(writing, writer, outbox)
    const current = await writer.row(row.localId)
    const touched = await writer.conversationById(row.conversation)
    if (!current || !touched || current.delivery?.status === 'delivered' || current.delivery?.status === 'displayed')
      return
    current.delivery = delivered(current.delivery, 'delivered', writing.now)
    await writer.put(touched, current, false)
  }

  /** Pages are read backwards too: a receipt may come before its message. */
  async #keepWaiting(
    writing: Writing,
    conversation: ConversationId,
    of: string,
    message: IncomingMessage,
  ): Promise<void> {
    const store = writing.tx.objectStore('message')
    const at = message.stamp ?? this.#core.serverNow()
    if ((await store.index('awaits').getKey([conversation, of])) !== undefined) return
    const row: MessageRow = {
      conversation,
      isOwn: false,
      senderJid: message.senderJid,
      senderResource: message.senderResource,
      occupantId: null,
      realJid: null,
      via: message.via,
      pending: 0,
      at,
      rank: '',
      awaits: [conversation, of],
      originId: null,
      messageId: null,
      archiveId: null,
      by: null,
      sentAt: at,
      storedAt: writing.now,
      encryption: null,
      expiresAt: null,
      delivery: null,
      sealed: { key: 0, body: { parts: [], raw: null } },
    }
    await store.add(row)
  }

  /** Our message came back: later, where the error says so, else failed with its reason on the message. */
  async applyBounce(writing: Writing, writer: MessageWriter, bounce: Bounce): Promise<void> {
    const conversation = await writing.tx.objectStore('conversation').index('jid').get(bounce.peer)
    if (!conversation) return
    const rows = await writing.tx
      .objectStore('message')
      .index('wire')
      .getAll([conversation.id, this.#core.self, bounce.messageId], 1)
    const row = rows[0] as StoredMessageRow | undefined
    if (!row || row.delivery?.status === 'delivered' || row.delivery?.status === 'displayed') return
    const touched = await writer.conversationById(row.conversation)
    if (!touched) return
    const outbox = await outboxOf(writing, row.localId)
    if (outbox && bounce.failure.remedy === 'wait' && outbox.attempts < mostBounces) {
      const retryAt = writing.now + 5_000 * 2 ** outbox.attempts
      await putOutbox(writing, { ...outbox, state: 'queued', number: null, retryAt })
      this.#again = true
      return
    }
    await dropOutbox(writing, row.localId)
    await this.#fail(writing, writer, row, bounce.failure)
  }

  async #fail(writing: Writing, writer: MessageWriter, row: StoredMessageRow, failure: Failure): Promise<void> {
    const touched = await writer.conversationById(row.conversation)
    if (!touched) return
    const wasPending = row.pending === 1
    if (wasPending) {
      row.pending = 0
      Object.assign(row, placeAfter(writer.tailOf(touched), this.#core.serverNow()))
      row.place = [row.conversation, 0, row.at, row.rank]
    }
    // An error is believed also after the acknowledgement: the server took it, somebody behind it did not.
    row.delivery = { status: 'failed', times: { ...row.delivery?.times, failed: writing.now }, failure }
    await writer.put(touched, row, wasPending)
  }

  /** "Try again" on a failed or uncertain message: the same ids, so that whoever has it already knows it. */
  async retry(localId: LocalId): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const row = await writer.row(localId)
      const touched = row ? await writer.conversationById(row.conversation) : null
      if (!row || !touched || row.originId === null) return
      if (row.delivery?.status !== 'failed' && row.delivery?.status !== 'uncertain') return
      const before = await outboxOf(writing, localId)
      const body = textOf(contentOf(row, writing.keys)) ?? ''
      const firstAt = before?.firstAt ?? row.delivery.times.sending ?? 0
      const wire = before?.wire ?? writeText(touched.row.jid, row.originId, body)
      await dropOutbox(writing, localId)
      row.pending = 1
      Object.assign(row, await this.#lastPlace(writing, row.conversation))
      row.place = [row.conversation, 1, row.at, row.rank]
      row.delivery = { status: 'queued', times: { ...row.delivery.times, queued: writing.now }, failure: null }
      await writer.put(touched, row, true)
      await addOutbox(writing, {
        message: localId,
        conversation: row.conversation,
        to: touched.row.jid,
        originId: row.originId,
        wire: firstAt > 0 ? withDelay(wire, firstAt, this.#core.self) : wire,
        state: 'queued',
        firstAt,
        streamId: null,
        number: null,
        attempts: 0,
        retryAt: 0,
      })
      await writer.finish()
    })
    this.drain()
  }

  /** Takes a message of ours away that was not sent (or failed). */
  async discard(localId: LocalId): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const row = await writer.row(localId)
      const status = row?.delivery?.status
      if (!row || (status !== 'queued' && status !== 'failed' && status !== 'uncertain')) return
      const touched = await writer.conversationById(row.conversation)
      await dropOutbox(writing, localId)
      await writing.tx.objectStore('message').delete(localId)
      await writing.tx.objectStore('toIndex').delete(localId)
      writing.changes.push({ kind: 'message-removed', conversation: row.conversation, localId })
      if (touched) await writer.finish()
    })
  }
}

async function allOutbox(writing: Writing): Promise<StoredOutboxRow[]> {
  return (await writing.tx.objectStore('outbox').getAll()) as StoredOutboxRow[]
}

async function isContact(writing: Writing, row: StoredOutboxRow): Promise<boolean> {
  return (await writing.tx.objectStore('roster').get(row.to)) !== undefined
}
