/**
 * What an account has on disk: its row among the accounts, its database with the store key, what signs it in next time.
 * Made, opened and wiped here; when, and which tab may, is left to account.ts.
 */
import { Failed, failureOf } from '#model/failure.ts'
import { deleteDatabase, openAccount, readMeta, type AccountDatabase, type RootDatabase } from '#storage/database.ts'
import { readSecret } from '#storage/read/secret.ts'
import type { AccountAddress, AccountRow } from '#storage/schema.ts'
import {
  openAddress,
  putAccount,
  putLogin,
  putStoreKey,
  readStoreKeys,
  removeAccount,
  sealAddress,
  updateAccount,
} from '#storage/write/account.ts'
import { makeStoreKey, unwrapStoreKey } from '#vault/key.ts'
import type { Proof } from '#xmpp/login.ts'
import type { ScramKeys } from '#xmpp/scram-keys.ts'
import type { AccountHost } from './host.ts'

export interface DiskListener {
  /** The database was closed under us: a newer version, or it was deleted. */
  databaseClosed(why: 'newer' | 'gone'): void
  /** An older tab holds up the upgrade. */
  blocked(): void
}

/** What an earlier sign-in left; nulls: nothing. */
export interface StoredLogin {
  readonly keys: ScramKeys | null
  readonly pinned: string | null
}

export class AccountDisk {
  readonly #host: AccountHost
  readonly #root: RootDatabase
  readonly #listener: DiskListener

  constructor(host: AccountHost, root: RootDatabase, listener: DiskListener) {
    this.#host = host
    this.#root = root
    this.#listener = listener
  }

  /** Opens the database of a listed account; null: it has no key, so the browser evicted it. @throws Failed */
  async open(row: AccountRow): Promise<{ database: AccountDatabase; address: AccountAddress } | null> {
    const factory = await this.#factory(row)
    if (factory === null) throw new Failed('storage-gone', 'ask', 'bucket refused')
    const database = await this.#open(factory, row)
    const keys = await readStoreKeys(database)
    if (keys.length === 0) {
      database.db.close()
      return null
    }
    database.keys = await Promise.all(keys.map(unwrapStoreKey))
    return { database, address: openAddress(database, row) }
  }

  /**
   * Makes database and row of an account whose server was proven. Until everything is there it is listed as leaving: whatever
   * breaks it off, the signal included, leaves nothing, at the next start at the latest. @throws Failed
   */
  async make(row: AccountRow, address: AccountAddress, proof: Proof, signal: AbortSignal): Promise<AccountDatabase> {
    let database: AccountDatabase | null = null
    try {
      // Listed before there is anything: a bucket that no row tells of would stay for ever.
      await putAccount(this.#root, { ...row, hasBucket: true, state: 'leaving' })
      const bucket = await this.#host.openBucket(row.id)
      row.hasBucket = bucket !== null
      await updateAccount(this.#root, { ...row, state: 'leaving' })
      database = await this.fill(bucket ?? this.#host.databases, row, proof)
      signal.throwIfAborted()
      row.sealed = sealAddress(database, row.id, address)
      await updateAccount(this.#root, row)
      return database
    } catch (error) {
      database?.db.close()
      await this.wipe(row).catch(() => undefined)
      throw error
    }
  }

  /** Makes the database with a new store key. @throws Failed */
  async fill(factory: IDBFactory, row: AccountRow, proof: Proof): Promise<AccountDatabase> {
    const database = await this.#open(factory, row)
    const { row: keyRow, key } = await makeStoreKey(1)
    await putStoreKey(database, keyRow)
    database.keys = [key]
    await this.keepLogin(database, proof)
    return database
  }

  keepLogin(database: AccountDatabase, proof: Proof): Promise<void> {
    return putLogin(database, proof.keys, proof.mechanism)
  }

  async readLogin(database: AccountDatabase): Promise<StoredLogin> {
    const [keys, pinned] = await Promise.all([
      readSecret<ScramKeys>(database, 'login'),
      readMeta<string>(database, 'login'),
    ])
    return { keys, pinned }
  }

  /** Erases all of an account. Answers whether bytes may stay in the profile until the browser is restarted. @throws Failed */
  async wipe(row: AccountRow): Promise<'none' | 'until-restart'> {
    const isErased = row.hasBucket && (await this.#host.deleteBucket(row.id))
    if (!isErased) await this.#deleteDatabase(row)
    await this.#host.wipeStorages()
    // A row without its database is nobody: the next start removes it.
    await removeAccount(this.#root, row.id).catch(() => undefined)
    return isErased ? 'none' : 'until-restart'
  }

  async #deleteDatabase(row: AccountRow): Promise<void> {
    const factory = await this.#factory(row)
    try {
      if (factory) await deleteDatabase(factory, this.#name(row))
    } catch (error) {
      // It stays listed as leaving and is tried at the next start.
      throw new Failed('storage-failed', 'wait', failureOf(error).cause)
    }
  }

  #factory(row: AccountRow): Promise<IDBFactory | null> {
    return row.hasBucket ? this.#host.openBucket(row.id) : Promise.resolve(this.#host.databases)
  }

  #open(factory: IDBFactory, row: AccountRow): Promise<AccountDatabase> {
    return openAccount(factory, this.#name(row), {
      blocked: () => this.#listener.blocked(),
      closed: (why) => this.#listener.databaseClosed(why),
    })
  }

  #name(row: AccountRow): string {
    return `${this.#host.prefix}:${row.id}`
  }
}
