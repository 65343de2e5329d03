/** The index fields of a message row: derived from its other fields, and from nothing else. */
import type { MessageRow } from '../schema.ts'

/** Brings the index fields in line with the row. `shown` is given once, at insertion. */
export function keyed(row: MessageRow, shown = row.place !== undefined): void {
  const { conversation, senderJid } = row
  if (row.originId !== null) row.originKey = [conversation, senderJid, row.originId]
  if (row.messageId !== null) row.wireKey = [conversation, senderJid, row.messageId]
  if (row.archiveId !== null && row.by !== null) row.archiveKey = [row.by, row.archiveId]
  if (!shown) return
  row.place = [conversation, row.pending, row.at, row.rank]
  if (!row.isOwn) row.unreadPlace = [conversation, row.at, row.rank]
}
