/** The store `request` of the root database: the only rows that followers, the worker and a share may write. */
import { storageError, transact, type RootDatabase } from '../database.ts'
import type { RequestRow } from '../schema.ts'

export async function addRequest(root: RootDatabase, row: RequestRow): Promise<void> {
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

/** Oldest first. */
export function readRequests(root: RootDatabase, account: string): Promise<RequestRow[]> {
  return root.getAllFromIndex('request', 'account', IDBKeyRange.bound([account], [account, []]))
}

export async function removeRequest(root: RootDatabase, id: string): Promise<void> {
  await transact(root, ['request'], (tx) => tx.objectStore('request').delete(id))
}
