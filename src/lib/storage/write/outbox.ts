/** Rows of the outbox: what waits to be sent, in order of queueing. What they mean is decided by sync/outbox.ts. */
import type { LocalId } from '#model/message.ts'
import type { Writing } from '../database.ts'
import type { OutboxRow, StoredOutboxRow } from '../schema.ts'
import { isSound } from '../sound.ts'

/** An outbox row that is not on the wire, as far as anything after it can tell. */
export const untried = { state: 'queued', streamId: null, number: null, attempts: 0, retryAt: 0 } as const

export async function addOutbox(writing: Writing, row: OutboxRow): Promise<number> {
  return writing.tx.objectStore('outbox').add(row)
}

export async function putOutbox(writing: Writing, row: StoredOutboxRow): Promise<void> {
  await writing.tx.objectStore('outbox').put(row)
}

export async function outboxOf(writing: Writing, message: LocalId): Promise<StoredOutboxRow | null> {
  const row = await writing.tx.objectStore('outbox').index('message').get(message)
  return (row as StoredOutboxRow | undefined) ?? null
}

/** The message is settled: nothing of it waits any more. */
export async function dropOutbox(writing: Writing, message: LocalId): Promise<void> {
  const store = writing.tx.objectStore('outbox')
  const key = await store.index('message').getKey(message)
  if (key !== undefined) await store.delete(key)
}

/** Oldest first; without those that are not whole. */
export async function allOutbox(writing: Writing): Promise<StoredOutboxRow[]> {
  const rows = (await writing.tx.objectStore('outbox').getAll()) as StoredOutboxRow[]
  return rows.filter((row) => isSound('outbox', row))
}

/** Takes away what can never be sent, because its row is not whole. Answers whose message each was, as far as that can be told. */
export async function dropBrokenOutbox(writing: Writing): Promise<LocalId[]> {
  const store = writing.tx.objectStore('outbox')
  const broken = ((await store.getAll()) as StoredOutboxRow[]).filter((row) => !isSound('outbox', row))
  for (const { seq } of broken) await store.delete(seq)
  return broken.flatMap(({ message }) => (typeof message === 'number' ? message : []))
}
