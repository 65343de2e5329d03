/**
 * What others say of our messages: marks of the addressee (received, displayed), and messages that came back. What our own
 * other devices say they displayed is read here, too.
 */
import type { Bounce, IncomingMessage } from '#model/incoming.ts'
import type { BareJid } from '#model/jid.ts'
import { isShown, type ConversationId, type Part } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import type { MessageRow, StoredMessageRow } from '#storage/schema.ts'
import { provenBy } from '#storage/write/delivery.ts'
import { theyReadTo } from '#storage/write/reading.ts'
import { countWaiting, markerOf, waitingFor } from '#storage/write/waiting.ts'
import { isReceived, settleAgain, settleArrived, settleFailed, type Settling } from './delivery.ts'

const mostReturns = 5
/** ms; doubled with each return. */
const returnPause = 5_000
/** Marks of a conversation that may wait for their message; nobody may fill the disk with guesses. */
const mostWaiting = 200

type Mark = Part & { kind: 'marker' }

/** Marks of the addressee (XEP-0184 section 5.4, XEP-0333); true: the stanza was only that. */
export async function applyMarks(settling: Settling, self: BareJid, message: IncomingMessage): Promise<boolean> {
  const marks = message.content.parts.filter((part) => part.kind === 'marker')
  if (marks.length === 0) return false
  const isOnly = !isShown(message.content)
  const { writing, writer } = settling
  const known = await writing.tx.objectStore('conversation').index('jid').get(message.peer)
  const at = message.stamp ?? writing.now
  for (const mark of marks) {
    if (message.isOwn) await applyOwn(settling, known?.id ?? null, message.peer, mark)
    else if (known && (await applyTheirs(settling, known.id, self, mark, at))) continue
    // What a stranger confirms out of the blue may not open a conversation; in our archive it belongs to something of ours.
    else if (isOnly && (known || message.via === 'archive'))
      await keepWaiting(settling, (await writer.conversation(message.peer)).row.id, mark, message, at)
  }
  return isOnly
}

/** `at`: since when, ms since the epoch. False: what it marks is not here, or not ours. */
async function applyTheirs(
  settling: Settling,
  conversation: ConversationId,
  self: BareJid,
  { marker, of }: Mark,
  at: number,
): Promise<boolean> {
  const { writing, writer } = settling
  const found = await messageOf(writing, conversation, self, of)
  if (!found) return false
  await settleArrived(settling, found.localId, provenBy(marker), at)
  // It may have found its place only now.
  const row = marker === 'displayed' ? await writer.row(found.localId) : null
  const touched = row ? await writer.conversationById(conversation) : null
  if (row && touched) theyReadTo(touched, row)
  return true
}

/** Another device of ours showed it to the person, and has told whoever asked. */
async function applyOwn(
  { writing, writer }: Settling,
  conversation: ConversationId | null,
  peer: BareJid,
  { marker, of }: Mark,
): Promise<void> {
  if (marker !== 'displayed' || conversation === null) return
  const row = await messageOf(writing, conversation, peer, of)
  const touched = row ? await writer.conversationById(conversation) : null
  if (!row || !touched) return
  await writer.seeTo(touched, row)
  // What we owe stands at the newest that was seen, or before it.
  if (touched.row.seen?.localId === row.localId) touched.row.owesDisplayed = null
}

/** Pages are read backwards too: a mark may come before its message. */
async function keepWaiting(
  { writing, writer }: Settling,
  conversation: ConversationId,
  mark: Mark,
  message: IncomingMessage,
  at: number,
): Promise<void> {
  const waiting = await waitingFor(writing, conversation, mark.of)
  if (waiting.some((each) => markerOf(each, writing.keys) === mark.marker)) return
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
    awaits: [conversation, mark.of],
    originId: null,
    messageId: null,
    archiveId: null,
    by: null,
    sentAt: at,
    storedAt: writing.now,
    encryption: null,
    expiresAt: null,
    delivery: null,
    sealed: { key: 0, body: { parts: [mark], raw: null } },
  }
  await writer.addBare(row)
}

/** Our message came back: later, where the error says so, else failed with its reason on the message. True: try again later. */
export async function applyBounce(settling: Settling, self: BareJid, bounce: Bounce): Promise<boolean> {
  const { writing } = settling
  const conversation = await writing.tx.objectStore('conversation').index('jid').get(bounce.peer)
  const row = conversation ? await messageOf(writing, conversation.id, self, bounce.messageId) : null
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

async function messageOf(
  writing: Writing,
  conversation: ConversationId,
  sender: BareJid,
  id: string,
): Promise<StoredMessageRow | null> {
  const rows = await writing.tx.objectStore('message').index('wire').getAll([conversation, sender, id], 1)
  return (rows[0] as StoredMessageRow | undefined) ?? null
}
