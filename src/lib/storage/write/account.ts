/** Accounts in the root database, and an account's secrets in its own. */
import { Failed, failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { openRecord, sealSecret, type StoreKeyRow } from '#vault/seal.ts'
import { transact, type AccountDatabase, type RootDatabase } from '../database.ts'
import type { AccountAddress, AccountRow } from '../schema.ts'
import { isSound } from '../sound.ts'

/** A row that is not whole tells of nobody; its database is found again when its owner signs in (sync/account-disk.ts). */
export async function readAccounts(root: RootDatabase): Promise<AccountRow[]> {
  return (await root.getAll('account')).filter((row) => isSound('account', row))
}

export async function putAccount(root: RootDatabase, row: AccountRow): Promise<void> {
  await transact(root, ['account'], (tx) => tx.objectStore('account').put(row))
}

/**
 * Writes the row of an account that is listed; in the same step what it replaces is left, to be wiped.
 * @throws Failed storage-gone where another tab wiped it meanwhile
 */
export async function updateAccount(
  root: RootDatabase,
  row: AccountRow,
  replaced: readonly AccountRow[] = [],
): Promise<void> {
  await transact(root, ['account'], async (tx) => {
    const store = tx.objectStore('account')
    if ((await store.getKey(row.id)) === undefined) throw new Failed('storage-gone', 'ask', 'wiped while it was made')
    await store.put(row)
    for (const each of replaced) await store.put({ ...each, state: 'leaving' })
  })
}

/** What goes into the row of an account whose database is open. */
export function sealAddress({ keys }: AccountDatabase, id: string, address: AccountAddress): AccountRow['sealed'] {
  return sealSecret(keys, `account:${id}`, address)
}

/** @throws Failed storage-broken where there is none, or its key is gone */
export function openAddress({ keys }: AccountDatabase, { id, sealed }: AccountRow): AccountAddress {
  if (sealed === null) throw new Failed('storage-broken', 'ask', 'no address')
  try {
    return openRecord(keys, `account:${id}`, sealed)
  } catch (error) {
    throw new Failed('storage-broken', 'ask', failureOf(error).cause)
  }
}

/** Removes an account with all that was asked for it. */
export async function removeAccount(root: RootDatabase, id: string): Promise<void> {
  await transact(root, ['account', 'request'], async (tx) => {
    const requests = tx.objectStore('request')
    for (const key of await requests.index('account').getAllKeys(IDBKeyRange.bound([id], [id, []])))
      await requests.delete(key)
    await tx.objectStore('account').delete(id)
  })
}

export function readStoreKeys(account: AccountDatabase): Promise<StoreKeyRow[]> {
  return account.db.getAll('key')
}

/** Whose database it is, for when nothing else tells. */
export async function putOwner(account: AccountDatabase, self: BareJid): Promise<void> {
  await transact(account.db, ['meta'], (tx) => tx.objectStore('meta').put({ name: 'owner', value: self }))
}

export async function putStoreKey(account: AccountDatabase, row: StoreKeyRow): Promise<void> {
  await transact(account.db, ['key'], (tx) => tx.objectStore('key').put(row))
}

/** Stores what signs in next time: the keys, sealed and never in clear (null: those before stay), and their mechanism. */
export async function putLogin(account: AccountDatabase, keys: unknown, mechanism: string): Promise<void> {
  const sealed = keys === null ? null : sealSecret(account.keys, 'secret:login', keys)
  await transact(account.db, ['secret', 'meta'], async (tx) => {
    if (sealed !== null) await tx.objectStore('secret').put({ id: 'login', sealed })
    await tx.objectStore('meta').put({ name: 'login', value: mechanism })
  })
}
