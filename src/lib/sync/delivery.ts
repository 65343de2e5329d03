/**
 * The only writer of a delivery status: what became of a message of ours, and where it stands then.
 * Called inside the transaction that learned it; who learned it is in outbox.ts and their-marks.ts.
 */
import type { Failure } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { isForward, textOf, type LocalId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import { contentOf } from '#storage/read/message.ts'
import type { StoredMessageRow, StoredOutboxRow } from '#storage/schema.ts'
import { delivered, hasArrived, returned } from '#storage/write/delivery.ts'
import type { MessageWriter } from '#storage/write/message.ts'
import { addOutbox, dropOutbox, outboxOf, putOutbox, untried } from '#storage/write/outbox.ts'
import { placeAfter } from '#storage/write/placing.ts'
import { readTo } from '#storage/write/reading.ts'
import { withDelay, writeText } from '#xmpp/message.ts'

/** One transaction and the server's time, ms since the epoch. */
export interface Settling {
  readonly writing: Writing
  readonly writer: MessageWriter
  readonly serverNow: number
}

/** The server has it: it leaves the pending end and takes its place after what is there. */
export async function settleSent(settling: Settling, outbox: StoredOutboxRow): Promise<void> {
  const { writing, writer } = settling
  const row = await writer.row(outbox.message)
  await dropOutbox(writing, outbox.message)
  const touched = row ? await writer.conversationById(row.conversation) : null
  if (!row || !touched) return
  if (row.pending === 1) leavePending(row, placeAfter(writer.tailOf(touched), settling.serverNow))
  row.delivery = delivered(row.delivery, 'sent', writing.now)
  await writer.put(touched, row, true)
  readTo(touched, row)
}

/** The addressee has it since `at` (ms since the epoch), which proves that the server had. */
export async function settleArrived(
  settling: Settling,
  localId: LocalId,
  status: 'delivered' | 'displayed',
  at: number,
): Promise<void> {
  const { writing, writer } = settling
  const outbox = await outboxOf(writing, localId)
  if (outbox) await settleSent(settling, outbox)
  const row = await writer.row(localId)
  const touched = row ? await writer.conversationById(row.conversation) : null
  if (!row || !touched || !isForward(row.delivery?.status ?? 'queued', status)) return
  row.delivery = delivered(row.delivery, status, at)
  await writer.put(touched, row, false)
}

/** An error is believed also after the acknowledgement: the server took it, somebody behind it did not. */
export async function settleFailed(settling: Settling, row: StoredMessageRow, failure: Failure): Promise<void> {
  const { writing, writer } = settling
  await dropOutbox(writing, row.localId)
  const touched = await writer.conversationById(row.conversation)
  if (!touched) return
  const wasPending = row.pending === 1
  if (wasPending) leavePending(row, placeAfter(writer.tailOf(touched), settling.serverNow))
  row.delivery = returned(row.delivery, 'failed', writing.now, failure)
  await writer.put(touched, row, wasPending)
}

/**
 * Back to the outbox with the same ids, so that whoever has it already knows it. `later`: it came back, and is tried after
 * `pause` ms; it was taken, so it keeps or gets its place, and a copy of it proves nothing more. null: the person wants it now.
 */
export async function settleAgain(
  { writing, writer, serverNow }: Settling,
  row: StoredMessageRow,
  self: BareJid,
  later: { readonly pause: number; readonly returns: number; readonly failure: Failure } | null,
): Promise<void> {
  const touched = await writer.conversationById(row.conversation)
  if (!touched || row.originId === null) return
  const { jid } = touched.row
  const before = await outboxOf(writing, row.localId)
  const sending = row.delivery?.times.sending
  const firstAt = before?.firstAt ?? (sending === undefined ? 0 : sending + serverNow - writing.now)
  const text = textOf(contentOf(row, writing.keys))
  // It cannot be read any more: there is nothing to send.
  if (before === null && text === null) return
  const wire = before?.wire ?? writeText(jid, row.originId, text ?? '')
  await dropOutbox(writing, row.localId)
  if (later && row.pending === 1) leavePending(row, placeAfter(writer.tailOf(touched), serverNow))
  const delivery = returned(row.delivery, 'queued', writing.now, later?.failure ?? null)
  row.delivery = { ...delivery, returns: later?.returns ?? 0 }
  await writer.put(touched, row, true)
  await addOutbox(writing, {
    ...untried,
    retryAt: later ? writing.now + later.pause : 0,
    message: row.localId,
    conversation: row.conversation,
    to: jid,
    originId: row.originId,
    wire: firstAt > 0 ? withDelay(wire, firstAt, self) : wire,
    firstAt,
  })
}

/** A state on the way that moves nothing. */
export async function markDelivery(
  { writing, writer }: Settling,
  message: LocalId,
  status: 'sending' | 'uncertain',
  failure: Failure | null,
): Promise<void> {
  const row = await writer.row(message)
  const touched = row ? await writer.conversationById(row.conversation) : null
  if (!row || !touched) return
  row.delivery = delivered(row.delivery, status, writing.now, failure)
  await writer.put(touched, row, false)
}

/** Nothing can tell whether it was taken: the person decides, or a receipt does. */
export async function leaveUncertain(settling: Settling, message: LocalId, cause: string): Promise<void> {
  const row = await outboxOf(settling.writing, message)
  if (row) await putOutbox(settling.writing, { ...row, state: 'uncertain' })
  await markDelivery(settling, message, 'uncertain', { what: 'maybe-sent', remedy: 'ask', cause })
}

/** True where the addressee is known to have it. */
export function isReceived(row: StoredMessageRow): boolean {
  return row.delivery !== null && hasArrived(row.delivery)
}

function leavePending(row: StoredMessageRow, place: { at: number; rank: string }): void {
  row.pending = 0
  row.at = place.at
  row.rank = place.rank
  row.place = [row.conversation, 0, row.at, row.rank]
}
