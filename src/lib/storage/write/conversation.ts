/** Writes conversations: made once for an address, then changed field by field by the writers of each fact. */
import type { LastLine } from '#model/conversation.ts'
import type { BareJid } from '#model/jid.ts'
import { textOf, type ConversationId, type MessageContent, type Place } from '#model/message.ts'
import { randomId } from '#model/random.ts'
import { shownKindOf } from '#model/shown.ts'
import { sealRecord } from '#vault/seal.ts'
import type { Writing } from '../database.ts'
import { conversationContent } from '../read/conversation.ts'
import type { ConversationContent, ConversationRow, StoredMessageRow } from '../schema.ts'

/** The conversation with this address, made where there is none. Its id is opaque: it appears in the browser's history. */
export async function conversationWith(writing: Writing, jid: BareJid): Promise<ConversationRow> {
  const store = writing.tx.objectStore('conversation')
  const found = await store.index('jid').get(jid)
  if (found) return found
  const id = randomId()
  const row: ConversationRow = {
    id,
    jid,
    kind: 'chat',
    read: null,
    unread: 0,
    covered: null,
    draftAt: 0,
    createdAt: writing.now,
    sealed: sealRecord(writing.keys, `conversation:${id}`, { last: null, draft: '' }),
  }
  await putConversation(writing, row)
  return row
}

export async function putConversation(writing: Writing, row: ConversationRow): Promise<void> {
  await writing.tx.objectStore('conversation').put(row)
  if (!writing.changes.some((change) => change.kind === 'conversation' && change.id === row.id)) {
    writing.changes.push({ kind: 'conversation', id: row.id })
  }
}

export async function readConversationRow(writing: Writing, id: ConversationId): Promise<ConversationRow | null> {
  return (await writing.tx.objectStore('conversation').get(id)) ?? null
}

function change(writing: Writing, row: ConversationRow, part: Partial<ConversationContent>): void {
  const content = { ...conversationContent(row, writing.keys), ...part }
  row.sealed = sealRecord(writing.keys, `conversation:${row.id}`, content)
}

/** Changes the row in memory only; the caller puts it, together with its other changes. */
export function setDraft(writing: Writing, row: ConversationRow, draft: string, at: number): boolean {
  // The newest wins: a late request of another tab must not bring back what was sent or rewritten since.
  // One that was typed "later than now" was dated by a clock that has been set back since.
  if (at < row.draftAt && row.draftAt <= writing.now) return false
  row.draftAt = at
  change(writing, row, { draft })
  return true
}

export function setLast(writing: Writing, row: ConversationRow, last: LastLine | null): void {
  change(writing, row, { last })
}

export function lineOf(message: StoredMessageRow, content: MessageContent, place: Place): LastLine {
  const text = textOf(content) ?? ''
  return {
    localId: message.localId,
    isOwn: message.isOwn,
    kind: shownKindOf(content),
    // A preview begins with what is said, not with a thousand empty lines before it.
    text: [...text.trimStart().slice(0, 400)].slice(0, 200).join(''),
    status: message.delivery?.status ?? null,
    at: place.at,
    rank: place.rank,
  }
}
