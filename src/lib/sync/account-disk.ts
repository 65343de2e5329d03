/**
 * What an account has on disk: its row among the accounts, its database with the store key, what signs it in next time.
 * Made, opened and wiped here; when, and which tab may, is left to account.ts.
 */
import { Failed, failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { deleteDatabase, openAccount, readMeta, type AccountDatabase, type RootDatabase } from '#storage/database.ts'
import { readSalvage, type Salvage } from '#storage/read/salvage.ts'
import { readConversations } from '#storage/read/conversation.ts'
import { readSecret } from '#storage/read/secret.ts'
import type { AccountAddress, AccountRow } from '#storage/schema.ts'
import {
  openAddress,
  putAccount,
  putLogin,
  putOwner,
  putStoreKey,
  readAccounts,
  readStoreKeys,
  removeAccount,
  sealAddress,
  updateAccount,
} from '#storage/write/account.ts'
import { makeStoreKey, unwrapStoreKey } from '#vault/key.ts'
import type { Proof } from '#xmpp/login.ts'
import type { ScramKeys } from '#xmpp/scram-keys.ts'
import type { AccountHost } from './host.ts'
import { salvage } from './salvage.ts'
import { findStrays } from './stray.ts'

/** The database of an account, open, and which account that is. */
export interface OpenedAccount {
  readonly database: AccountDatabase
  readonly address: AccountAddress
}

/** ms until what signs in next time is stored again, where the disk refused it. */
const loginPause = 5_000

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
  /** What signs in next time, and the disk has not taken yet. */
  readonly #unsaved = new Map<AccountDatabase, Proof>()

  constructor(host: AccountHost, root: RootDatabase, listener: DiskListener) {
    this.#host = host
    this.#root = root
    this.#listener = listener
  }

  /**
   * Opens the database of a listed account; null: it has no key, so the browser evicted it, or its place is no more.
   * @throws Failed storage-refused where its place cannot be opened now
   */
  async open(row: AccountRow): Promise<OpenedAccount | null> {
    const factory = await this.#factory(row)
    if (factory === null) return null
    const database = await this.#open(factory, row)
    try {
      const keys = await readStoreKeys(database)
      database.keys = await Promise.all(keys.map(unwrapStoreKey))
      if (keys.length > 0) return { database, address: openAddress(database, row) }
    } catch (error) {
      database.db.close()
      throw error
    }
    database.db.close()
    return null
  }

  /** The same; null also where it is not whole: it can only be made anew. @throws Failed */
  async openWhole(row: AccountRow): Promise<OpenedAccount | null> {
    try {
      const found = await this.open(row)
      // What screens read first.
      if (found !== null) await readConversations(found.database)
      return found
    } catch (error) {
      // What is only refused is there all the same.
      if (failureOf(error).what === 'storage-broken') return null
      throw error
    }
  }

  /**
   * Makes database and row of an account whose server was proven. Until everything is there it is listed as leaving: whatever
   * breaks it off, the signal included, leaves nothing, at the next start at the latest. @throws Failed
   */
  async make(
    row: AccountRow,
    address: AccountAddress,
    proof: Proof,
    signal: AbortSignal,
    replaced: readonly AccountRow[],
  ): Promise<AccountDatabase> {
    let database: AccountDatabase | null = null
    try {
      // Listed before there is anything: a bucket that no row tells of would stay for ever.
      await putAccount(this.#root, { ...row, hasBucket: true, state: 'leaving' })
      // The default place is always there, and works as well until sign-out.
      const bucket = await this.#host.openBucket(row.id).catch(() => null)
      row.hasBucket = bucket !== null
      await updateAccount(this.#root, { ...row, state: 'leaving' })
      database = await this.fill(bucket ?? this.#host.databases, row, address.jid, proof)
      const before = await Promise.all(replaced.map((each) => this.#salvageOf(each)))
      // What another account had to say is not said by this one.
      const own = before.filter(({ owner }) => owner === address.jid)
      await salvage(this.#root, database.keys, row.id, own)
      signal.throwIfAborted()
      row.sealed = sealAddress(database, row.id, address)
      await updateAccount(this.#root, row, replaced)
      // What cannot be erased now is at the next start.
      for (const each of replaced) await this.wipe(each).catch(() => undefined)
      return database
    } catch (error) {
      database?.db.close()
      await this.wipe(row).catch(() => undefined)
      throw error
    }
  }

  /** Makes the database with a new store key. @throws Failed */
  async fill(factory: IDBFactory, row: AccountRow, self: BareJid, proof: Proof): Promise<AccountDatabase> {
    const database = await this.#open(factory, row)
    const { row: keyRow, key } = await makeStoreKey(1)
    await putStoreKey(database, keyRow)
    database.keys = [key]
    await putOwner(database, self)
    await this.keepLogin(database, proof)
    return database
  }

  keepLogin(database: AccountDatabase, proof: Proof): Promise<void> {
    return putLogin(database, proof.keys, proof.mechanism)
  }

  /** The same, until it or a newer one is stored: without it the next start asks for the password. Never rejects. */
  async keepLoginSoon(database: AccountDatabase, { keys, mechanism }: Proof): Promise<void> {
    this.#unsaved.set(database, { mechanism, keys: keys ?? this.#unsaved.get(database)?.keys ?? null })
    await this.#keepNewest(database)
  }

  async #keepNewest(database: AccountDatabase): Promise<void> {
    const proof = this.#unsaved.get(database)
    if (!proof) return
    try {
      await this.keepLogin(database, proof)
    } catch (error) {
      if (failureOf(error).remedy === 'wait')
        return void this.#host.clock.after(loginPause, () => void this.#keepNewest(database))
    }
    if (this.#unsaved.get(database) === proof) this.#unsaved.delete(database)
  }

  async readLogin(database: AccountDatabase): Promise<StoredLogin> {
    const [keys, pinned] = await Promise.all([
      // One that cannot be opened is none: the password is asked for.
      readSecret<ScramKeys>(database, 'login').catch(() => null),
      readMeta(database, 'login'),
    ])
    return { keys, pinned: typeof pinned === 'string' ? pinned : null }
  }

  /**
   * What is there of this account and cannot be opened: a new database takes its place.
   * @throws Failed account-other where what is listed is another's, storage-refused where its place cannot be opened now
   */
  async replaceable(self: BareJid): Promise<AccountRow[]> {
    const listed = (await readAccounts(this.#root)).filter(({ state }) => state === 'open')
    for (const row of listed) {
      const { owner } = await this.#salvageOf(row)
      // Where it cannot even be told whose it was, nobody can use it any more.
      if (owner !== null && owner !== self)
        throw new Failed('account-other', 'ask', 'another account is signed in here')
    }
    return [...listed, ...(await this.#strays(self))]
  }

  /** Databases of this account that no row tells of; those of other addresses are left alone. */
  async #strays(self: BareJid): Promise<AccountRow[]> {
    const known = new Set((await readAccounts(this.#root)).map(({ id }) => id))
    const own = (await findStrays(this.#host, known)).filter(({ owner }) => owner === self)
    const createdAt = this.#host.clock.now()
    return own.map(({ id, hasBucket }) => ({ id, hasBucket, sealed: null, state: 'leaving', createdAt }))
  }

  async #salvageOf(row: AccountRow): Promise<Salvage> {
    const factory = await this.#factory(row)
    return factory === null ? { owner: null, outgoing: [] } : readSalvage(factory, this.#name(row))
  }

  /** False: the intent to sign out could not be stored. Erasing needs no room, and what it leaves undone is told then. */
  intendToLeave(row: AccountRow): Promise<boolean> {
    return putAccount(this.#root, { ...row, state: 'leaving' }).then(
      () => true,
      () => false,
    )
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
    try {
      const factory = await this.#factory(row)
      // Where there are no buckets there is none of this account.
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
