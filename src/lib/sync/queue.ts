/**
 * What the person does with messages of their own: queue, try again, take back. The rows appear on screen because they are
 * stored; sending them is left to outbox.ts.
 */
import type { Command } from '#model/command.ts'
import { Failed } from '#model/failure.ts'
import type { ConversationId, LocalId, Place } from '#model/message.ts'
import { stripControls } from '#model/text.ts'
import type { Writing } from '#storage/database.ts'
import { recordId } from '#storage/read/message.ts'
import type { ConversationRow, MessageRow } from '#storage/schema.ts'
import { setDraft } from '#storage/write/conversation.ts'
import { delivered } from '#storage/write/delivery.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { lastPending } from '#storage/write/neighbour.ts'
import { addOutbox, dropOutbox, untried } from '#storage/write/outbox.ts'
import { placeAfter } from '#storage/write/placing.ts'
import { sealRecord } from '#vault/seal.ts'
import { writeText } from '#xmpp/message.ts'
import type { Core } from './core.ts'
import { leaveUncertain, settleAgain } from './delivery.ts'

/** Chromium promises one WebSocket frame up to 64 KiB only, and Prosody refuses what was cut; it ends the stream over 256 KiB anyway. */
const largestWire = 65_000

type Sent = Command & { do: 'send' }
type Salvaged = Command & { do: 'salvage' }

export class Queue {
  readonly #core: Core
  readonly #drain: () => void

  constructor(core: Core, drain: () => void) {
    this.#core = core
    this.#drain = drain
  }

  /**
   * Stores a text to send, without what no stream carries: what is shown is what the other side gets. The row appears
   * because it is stored; of a text that then says nothing there is none. @throws Failed message-too-large, storage-*
   */
  async add({ conversation, originId, body: typed, left = '' }: Sent): Promise<void> {
    const body = stripControls(typed)
    if (body.trim() === '') return
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const touched = await writer.conversationById(conversation)
      if (!touched) throw new Failed('recipient-unknown', 'give-up', 'no such conversation')
      if ((await this.#enqueue(writing, writer, touched.row, originId, body)) === null) return
      setDraft(writing, touched.row, left, writing.now)
      // To all tabs: whichever shows the same text would send it once more.
      writing.changes.push({ kind: 'draft', id: conversation, tab: '' })
      await writer.finish()
    })
    this.#drain()
  }

  /**
   * What an earlier database still had to send. What may have been on the wire is left to the archive's copy, a receipt or the
   * person. @throws Failed storage-*
   */
  async salvage({ to, originId, body, wasTried }: Salvaged): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const { row } = await writer.conversation(to)
      const message = await this.#enqueue(writing, writer, row, originId, body)
      if (message !== null && wasTried)
        await leaveUncertain({ writing, writer, serverNow: this.#core.serverNow() }, message, 'an earlier database')
      await writer.finish()
    })
    this.#drain()
  }

  /** null: it is here already. */
  async #enqueue(
    writing: Writing,
    writer: MessageWriter,
    { id: conversation, jid }: ConversationRow,
    originId: string,
    body: string,
  ): Promise<LocalId | null> {
    const known = await writing.tx
      .objectStore('message')
      .index('origin')
      .getKey([conversation, this.#core.self, originId])
    if (known !== undefined) return null
    const wire = writeText(jid, originId, body)
    if (new TextEncoder().encode(wire).length > largestWire)
      throw new Failed('message-too-large', 'ask', `${wire.length}`)
    const message = await this.#addMessage(writing, writer, conversation, originId, body)
    await addOutbox(writing, { message, conversation, to: jid, originId, wire, firstAt: 0, ...untried })
    return message
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
  async #lastPlace(writing: Writing, conversation: ConversationId): Promise<Place> {
    return placeAfter(await lastPending(writing, conversation), this.#core.serverNow())
  }

  /** "Try again" on a failed or uncertain message: the same ids, so that whoever has it already knows it. */
  async retry(localId: LocalId): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const row = await writer.row(localId)
      if (!row || (row.delivery?.status !== 'failed' && row.delivery?.status !== 'uncertain')) return
      // What failed has a place, and the archive may hold a copy: it stays there, and no copy of an earlier try settles it.
      if (row.pending === 1) {
        Object.assign(row, await this.#lastPlace(writing, row.conversation))
        row.place = [row.conversation, 1, row.at, row.rank]
      }
      await settleAgain({ writing, writer, serverNow: this.#core.serverNow() }, row, this.#core.self, null)
      await writer.finish()
    })
    this.#drain()
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
      writing.changes.push({ kind: 'message-removed', conversation: row.conversation, localId })
      if (touched) await writer.finish()
    })
  }
}
