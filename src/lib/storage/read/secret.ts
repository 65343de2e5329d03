/** Opens a secret of the account (SCRAM keys). */
import { openRecord } from '#vault/seal.ts'
import type { AccountDatabase } from '../database.ts'

/** null: never stored. @throws Failed where the key that sealed it is missing */
export async function readSecret<T>(account: AccountDatabase, id: string): Promise<T | null> {
  const row = await account.db.get('secret', id)
  return row ? openRecord<T>(account.keys, `secret:${id}`, row.sealed) : null
}
