/** Reads conversations and the gaps that lie in them. */
import { Failed } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import type { Conversation } from '#model/conversation.ts'
import type { ConversationId } from '#model/message.ts'
import { openRecord, type StoreKey } from '#vault/seal.ts'
import type { AccountDatabase } from '../database.ts'
import { isPlace, isSound } from '../sound.ts'
import type { ConversationContent, ConversationRow, CoverageRow, GapRow } from '../schema.ts'

export function conversationContent(row: ConversationRow, keys: readonly StoreKey[]): ConversationContent {
  const { last, draft } = Object(openRecord(keys, `conversation:${row.id}`, row.sealed)) as Partial<ConversationContent>
  return { last: isPlace(last) ? (last ?? null) : null, draft: typeof draft === 'string' ? draft : '' }
}

/** @throws Failed storage-broken */
function conversationOf(row: ConversationRow, keys: readonly StoreKey[]): Conversation {
  if (!isSound('conversation', row)) throw new Failed('storage-broken', 'ask', 'a conversation is not whole')
  const { last, draft } = conversationContent(row, keys)
  return {
    id: row.id,
    jid: row.jid,
    kind: row.kind,
    last,
    read: row.read,
    theirRead: isPlace(row.theirRead) ? (row.theirRead ?? null) : null,
    unread: row.unread,
    draft,
    draftAt: row.draftAt,
    createdAt: row.createdAt,
  }
}

/** @throws Failed storage-broken where one of them is not whole */
export async function readConversations(account: AccountDatabase): Promise<Conversation[]> {
  const rows = await account.db.getAll('conversation')
  return rows.map((row) => conversationOf(row, account.keys))
}

export async function readConversation(account: AccountDatabase, id: ConversationId): Promise<Conversation | null> {
  const row = await account.db.get('conversation', id)
  return row ? conversationOf(row, account.keys) : null
}

/** In the order asked for, all in one wait; null for those that are gone. */
export async function readEach(
  account: AccountDatabase,
  ids: readonly ConversationId[],
): Promise<(readonly [ConversationId, Conversation | null])[]> {
  const { store } = account.db.transaction('conversation')
  const rows = await Promise.all(ids.map((id) => store.get(id)))
  return ids.map((id, at) => [id, rows[at] ? conversationOf(rows[at], account.keys) : null])
}

export async function readConversationWith(account: AccountDatabase, jid: BareJid): Promise<Conversation | null> {
  const row = await account.db.getFromIndex('conversation', 'jid', jid)
  return row ? conversationOf(row, account.keys) : null
}

/** Coverage of an archive (`with` '') or of what was read back with one contact; null: nothing yet. */
export async function readCoverage(
  account: AccountDatabase,
  archive: BareJid,
  peer: BareJid | '',
): Promise<CoverageRow | null> {
  const row = await account.db.get('coverage', [archive, peer])
  // As if nothing had been read: the archive tells it again.
  return isSound('coverage', row) ? row : null
}

export function readGaps(account: AccountDatabase, archive: BareJid): Promise<GapRow[]> {
  return account.db.getAllFromIndex('gap', 'archive', archive)
}
