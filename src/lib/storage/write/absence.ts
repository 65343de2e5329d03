/**
 * Which ids of a burst of copies no stored row has, asked of the disk at once: one wait for all instead of several for each.
 * Only absence is known, and it ends when such a row is written; whatever may be there is read when its turn comes (identity.ts).
 */
import type { IncomingMessage } from '#model/incoming.ts'
import type { ConversationId } from '#model/message.ts'
import type { Writing } from '../database.ts'
import type { MessageRow } from '../schema.ts'

type Index = 'archive' | 'origin' | 'wire' | 'awaits'
type Key = [string, string] | [string, string, string]

const nameOf = (index: Index, key: Key): string => JSON.stringify([index, ...key])

/** Of one transaction. */
export class Absence {
  readonly #absent = new Set<string>()

  /** `conversation`: null where there is none yet. */
  async look(writing: Writing, copies: readonly (readonly [IncomingMessage, ConversationId | null])[]): Promise<void> {
    const store = writing.tx.objectStore('message')
    const asked = copies.flatMap(([copy, conversation]) => keysOf(copy, conversation))
    await Promise.all(
      asked.map(async ([index, key]) => {
        const found = await store.index(index).getKey(key as [string, string] & [string, string, string])
        if (found === undefined) this.#absent.add(nameOf(index, key))
      }),
    )
  }

  /** True only where no row of the store has this key. */
  has(index: Index, key: Key): boolean {
    return this.#absent.has(nameOf(index, key))
  }

  /** A row is written in this transaction: its keys are there now. */
  written({ archiveKey, originKey, wireKey, awaits }: MessageRow): void {
    if (archiveKey) this.#absent.delete(nameOf('archive', archiveKey))
    if (originKey) this.#absent.delete(nameOf('origin', originKey))
    if (wireKey) this.#absent.delete(nameOf('wire', wireKey))
    if (awaits) this.#absent.delete(nameOf('awaits', awaits))
  }
}

function keysOf(copy: IncomingMessage, conversation: ConversationId | null): [Index, Key][] {
  const { archiveId, by, originId, messageId, senderJid, isOwn } = copy
  const keys: [Index, Key][] = []
  if (archiveId !== null && by !== null) keys.push(['archive', [by, archiveId]])
  if (conversation === null) return keys
  if (originId !== null) keys.push(['origin', [conversation, senderJid, originId]])
  if (messageId !== null) keys.push(['wire', [conversation, senderJid, messageId]])
  if (!isOwn) return keys
  for (const id of new Set([messageId, originId])) if (id !== null) keys.push(['awaits', [conversation, id]])
  return keys
}
