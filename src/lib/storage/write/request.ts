/**
 * The store `request` of the root database: the only rows that followers, the worker and a share may write.
 * Commands hold what people write, and the root database outlives the account: so they are sealed by the account's key.
 */
import { openRecord, sealSecret, type StoreKey } from '#vault/seal.ts'
import { storageError, transact, type RootDatabase } from '../database.ts'
import type { RequestRow } from '../schema.ts'

/** What is asked of an account's leader. */
export interface Request extends Omit<RequestRow, 'sealed'> {
  readonly command: unknown
}

/** @throws Failed storage-* */
export async function addRequest(root: RootDatabase, keys: readonly StoreKey[], request: Request): Promise<void> {
  const { command, ...rest } = request
  const row = { ...rest, sealed: sealSecret(keys, sealOf(rest.id), command) }
  await transact(root, ['request'], async (tx) => {
    const stored = tx.objectStore('request').put(row)
    // Committed without waiting for the answer: a page that goes away may never hear it, and what waits for it is undone.
    tx.commit()
    await stored
  })
}

/** False: it was carried out. @throws Failed storage-* */
export async function hasRequest(root: RootDatabase, id: string): Promise<boolean> {
  try {
    return (await root.getKey('request', id)) !== undefined
  } catch (error) {
    throw storageError(error)
  }
}

/** @throws Failed storage-failed where it was not sealed for this account: nobody can ever carry it out */
export function openCommand(keys: readonly StoreKey[], { id, sealed }: RequestRow): unknown {
  return openRecord(keys, sealOf(id), sealed)
}

function sealOf(id: string): string {
  return `request:${id}`
}

/** Oldest first. */
export function readRequests(root: RootDatabase, account: string): Promise<RequestRow[]> {
  return root.getAllFromIndex('request', 'account', IDBKeyRange.bound([account], [account, []]))
}

export async function removeRequest(root: RootDatabase, id: string): Promise<void> {
  await transact(root, ['request'], (tx) => tx.objectStore('request').delete(id))
}
