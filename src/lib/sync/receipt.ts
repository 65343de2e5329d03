/** What others say of our messages: receipts from the addressee, and messages that came back. */
import type { Bounce, IncomingMessage } from '#model/incoming.ts'
import type { BareJid } from '#model/jid.ts'
import { isShown, type ConversationId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import type { MessageRow, StoredMessageRow } from '#storage/schema.ts'
import { countWaiting } from '#storage/write/waiting.ts'
import { isReceived, settleAgain, settleDelivered, settleFailed, type Settling } from './delivery.ts'

const mostReturns = 5
/** ms; doubled with each return. */
const returnPause = 5_000
/** Receipts of a conversation that may wait for their message; nobody may fill the disk with guesses. */
const mostWaiting = 200

/** A receipt from the addressee marks our message; true: the stanza was only that (XEP-0184 section 5.4). */
export async function applyReceipt(settling: Settling, self: BareJid, message: IncomingMessage): Promise<boolean> {
  const marker = message.content.parts.find((part) => part.kind === 'marker')
  if (!marker) return false
  const isOnly = !isShown(message.content)
  if (message.isOwn) return isOnly
  const { writing, writer } = settling
  const known = await writing.tx.objectStore('conversation').index('jid').get(message.peer)
  const row = known ? await ownMessage(writing, known.id, self, marker.of) : null
  if (row) await settleDelivered(settling, row.localId)
  // What a stranger confirms out of the blue may not open a conversation; in our archive it belongs to something of ours.
  else if (isOnly && (known || message.via === 'archive'))
    await keepWaiting(settling, (await writer.conversation(message.peer)).row.id, marker.of, message)
  return isOnly
}

/** Pages are read backwards too: a receipt may come before its message. */
async function keepWaiting(
  { writing, writer, serverNow }: Settling,
  conversation: ConversationId,
  of: string,
  message: IncomingMessage,
): Promise<void> {
  const store = writing.tx.objectStore('message')
  const at = message.stamp ?? serverNow
  if (of.length > 1_023 || (await store.index('awaits').getKey([conversation, of])) !== undefined) return
  if ((await countWaiting(writing, conversation)) >= mostWaiting) return
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
  await writer.addBare(row)
}

/** Our message came back: later, where the error says so, else failed with its reason on the message. True: try again later. */
export async function applyBounce(settling: Settling, self: BareJid, bounce: Bounce): Promise<boolean> {
  const { writing } = settling
  const conversation = await writing.tx.objectStore('conversation').index('jid').get(bounce.peer)
  const row = conversation ? await ownMessage(writing, conversation.id, self, bounce.messageId) : null
  if (!row || isReceived(row)) return false
  const returns = (row.delivery?.returns ?? 0) + 1
  // Another device of ours tries its own again.
  if (bounce.failure.remedy === 'wait' && row.via === 'here' && returns <= mostReturns) {
    const pause = returnPause * 2 ** returns
    await settleAgain(settling, row, self, { pause, returns, failure: bounce.failure })
    return true
  }
  await settleFailed(settling, row, bounce.failure)
  return false
}

async function ownMessage(
  writing: Writing,
  conversation: ConversationId,
  self: BareJid,
  id: string,
): Promise<StoredMessageRow | null> {
  const rows = await writing.tx.objectStore('message').index('wire').getAll([conversation, self, id], 1)
  return (rows[0] as StoredMessageRow | undefined) ?? null
}
