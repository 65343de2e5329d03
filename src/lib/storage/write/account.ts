/** Accounts in the root database, and an account's secrets in its own. */
import { Failed } from '#model/failure.ts'
import { sealSecret, type StoreKeyRow } from '#vault/seal.ts'
import type { AccountDatabase, RootDatabase } from '../database.ts'
import type { AccountRow } from '../schema.ts'

export function readAccounts(root: RootDatabase): Promise<AccountRow[]> {
  return root.getAll('account')
}

export async function putAccount(root: RootDatabase, row: AccountRow): Promise<void> {
  await root.put('account', row)
}

/** Writes the row of an account that is listed. @throws Failed storage-gone where another tab wiped it meanwhile */
export async function updateAccount(root: RootDatabase, row: AccountRow): Promise<void> {
  const tx = root.transaction('account', 'readwrite')
  const isListed = (await tx.store.getKey(row.id)) !== undefined
  if (isListed) await tx.store.put(row)
  await tx.done
  if (!isListed) throw new Failed('storage-gone', 'ask', 'wiped while it was made')
}

/** Removes an account with all that was asked for it. */
export async function removeAccount(root: RootDatabase, id: string): Promise<void> {
  const tx = root.transaction(['account', 'request'], 'readwrite')
  const requests = await tx
    .objectStore('request')
    .index('account')
    .getAllKeys(IDBKeyRange.bound([id], [id, []]))
  for (const key of requests) await tx.objectStore('request').delete(key)
  await tx.objectStore('account').delete(id)
  await tx.done
}

export function readStoreKeys(account: AccountDatabase): Promise<StoreKeyRow[]> {
  return account.db.getAll('key')
}

export async function putStoreKey(account: AccountDatabase, row: StoreKeyRow): Promise<void> {
  await account.db.put('key', row)
}

/** Seals and stores a secret; it is never written in clear. */
export async function putSecret(account: AccountDatabase, id: string, value: unknown): Promise<void> {
  await account.db.put('secret', { id, sealed: sealSecret(account.keys, `secret:${id}`, value) })
}
