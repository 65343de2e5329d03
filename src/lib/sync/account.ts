/**
 * Accounts of this browser: opened at start, made at the first sign-in, wiped when left. What a browser gives
 * (databases, buckets, sockets) comes through `AccountHost`, so that the same code runs in memory and in tests.
 */
import { Failed, failureOf } from '#model/failure.ts'
import { domainOf, type BareJid } from '#model/jid.ts'
import { randomId } from '#model/random.ts'
import {
  deleteDatabase,
  openAccount,
  openRoot,
  readMeta,
  type AccountDatabase,
  type RootDatabase,
} from '#storage/database.ts'
import { readSecret } from '#storage/read/secret.ts'
import type { AccountRow } from '#storage/schema.ts'
import {
  putAccount,
  putSecret,
  putStoreKey,
  readAccounts,
  readStoreKeys,
  removeAccount,
} from '#storage/write/account.ts'
import { readSetting } from '#storage/write/setting.ts'
import { makeStoreKey, unwrapStoreKey } from '#vault/key.ts'
import type { Proof } from '#xmpp/login.ts'
import type { ScramKeys } from '#xmpp/scram.ts'
import type { WireOptions } from '#xmpp/xmpp-wire.ts'
import { Engine, type EngineListener } from './engine.ts'
import type { AccountHost } from './host.ts'

export interface AccountConfig {
  /** Fixed by the operator; null: find it. */
  readonly endpoint: string | null
  readonly mechanisms: readonly string[]
}

export interface OpenAccount {
  readonly row: AccountRow
  readonly isPublic: boolean
  readonly database: AccountDatabase
  readonly engine: Engine
  readonly login: Login
}

export interface SignIn {
  readonly self: BareJid
  readonly password: string
  /** Endpoint typed by hand; empty: find it. */
  readonly typed: string
  readonly isPublic: boolean
  readonly signal: AbortSignal
  /** Hears each endpoint before it is tried. */
  trying(endpoint: string): void
}

export interface AccountListener extends EngineListener {
  /** The database was closed under us: a newer version, or it was deleted. */
  databaseClosed(why: 'newer' | 'gone'): void
  /** An older tab holds up the upgrade. */
  blocked(): void
}

export interface Login {
  keys: ScramKeys | null
  /** In memory alone, as long as the page lives: some servers change the salt at every sign-in, so that keys do not fit twice. */
  password: string | null
  pinned: string | null
}

export class Accounts {
  readonly #host: AccountHost
  readonly #config: AccountConfig
  readonly #listener: AccountListener
  readonly root: RootDatabase

  constructor(host: AccountHost, config: AccountConfig, root: RootDatabase, listener: AccountListener) {
    this.#host = host
    this.#config = config
    this.#listener = listener
    this.root = root
  }

  /** The account that was signed in; what was being left when the browser closed is wiped first. */
  async current(): Promise<OpenAccount | null> {
    for (const row of await readAccounts(this.root)) {
      if (row.state === 'leaving') await this.#wipe(row, null)
      else return this.#open(row)
    }
    return null
  }

  async #open(row: AccountRow): Promise<OpenAccount> {
    const factory = row.hasBucket ? await this.#host.openBucket(row.id) : this.#host.databases
    if (factory === null) throw new Failed('storage-gone', 'ask', 'bucket refused')
    const database = await this.#openDatabase(factory, row)
    const keys = await readStoreKeys(database)
    // A browser that evicted the database left the root's row behind: the keys are gone with the messages.
    if (keys.length === 0) {
      database.db.close()
      await this.#wipe(row, null)
      throw new Failed('storage-gone', 'ask', 'no store key')
    }
    database.keys = await Promise.all(keys.map(unwrapStoreKey))
    const login: Login = {
      keys: await readSecret<ScramKeys>(database, 'login'),
      password: null,
      pinned: await readMeta<string>(database, 'login'),
    }
    return { row, isPublic: false, database, login, engine: this.#makeEngine(row, database, this.root, login) }
  }

  #openDatabase(factory: IDBFactory, row: AccountRow): Promise<AccountDatabase> {
    return openAccount(factory, this.#databaseName(row), {
      blocked: () => this.#listener.blocked(),
      closed: (why) => this.#listener.databaseClosed(why),
    })
  }

  #databaseName(row: AccountRow): string {
    return `${this.#host.prefix}:${row.id}`
  }

  /** Proves the password, then makes and opens the account. @throws Failed */
  async signIn({ self, password, typed, isPublic, signal, trying }: SignIn): Promise<OpenAccount> {
    const host = this.#host
    const row: AccountRow = {
      id: randomId(),
      jid: self,
      domain: domainOf(self),
      endpoint: null,
      hasBucket: false,
      state: 'open',
      createdAt: host.clock.now(),
    }
    const { proveAccount } = await host.loadLogin()
    const { endpoint, proof } = await proveAccount({
      self,
      password,
      typed,
      configured: this.#config.endpoint,
      lastWorked: null,
      allow: this.#config.mechanisms,
      pinned: null,
      resource: resourceOf(row),
      clock: host.clock,
      fetch: host.fetch,
      origin: host.origin,
      makeSocket: host.makeSocket,
      openLimit: host.timing.openLimit,
      signal,
      trying,
    })
    if (signal.aborted) throw new Failed('connection-lost', 'ask', 'cancelled')
    row.endpoint = endpoint
    return isPublic ? this.#makePublic(row, proof, password) : this.#make(row, proof, password)
  }

  async #make(row: AccountRow, proof: Proof, password: string): Promise<OpenAccount> {
    const bucket = await this.#host.openBucket(row.id)
    row.hasBucket = bucket !== null
    // Known as "leaving" until everything is there: a half-made account is wiped at the next start.
    await putAccount(this.root, { ...row, state: 'leaving' })
    const database = await this.#fill(bucket ?? this.#host.databases, row, proof)
    await putAccount(this.root, row)
    const login: Login = { keys: proof.keys, password, pinned: proof.mechanism }
    return { row, isPublic: false, database, login, engine: this.#makeEngine(row, database, this.root, login) }
  }

  async #makePublic(row: AccountRow, proof: Proof, password: string): Promise<OpenAccount> {
    const memory = await this.#host.memory()
    const root = await openRoot(memory, this.#host.prefix, { blocked: () => undefined, closed: () => undefined })
    const database = await this.#fill(memory, row, proof)
    const login: Login = { keys: proof.keys, password, pinned: proof.mechanism }
    return { row, isPublic: true, database, login, engine: this.#makeEngine(row, database, root, login) }
  }

  async #fill(factory: IDBFactory, row: AccountRow, proof: Proof): Promise<AccountDatabase> {
    const database = await this.#openDatabase(factory, row)
    const { row: keyRow, key } = await makeStoreKey(1)
    await putStoreKey(database, keyRow)
    database.keys = [key]
    await this.#keepLogin(database, proof)
    return database
  }

  #makeEngine(row: AccountRow, account: AccountDatabase, root: RootDatabase, login: Login): Engine {
    const { clock, network, tabs, timing } = this.#host
    return new Engine(
      {
        account,
        accountId: row.id,
        self: row.jid,
        root,
        clock,
        network,
        tabs,
        endpoint: () => this.#config.endpoint ?? row.endpoint,
        mayTellReceipts: async () => (await readSetting<boolean>(this.root, 'receipts')) ?? true,
        proven: (proof) => {
          login.pinned = proof.mechanism
          if (login.password !== null) login.keys = proof.keys
          // Best effort: without it the next start asks for the password.
          this.#keepLogin(account, proof).catch(() => undefined)
        },
        loadWire: async () => {
          const { XmppWire } = await this.#host.loadWire()
          const session = () => this.#session(row, login)
          const common = { account: row.jid, clock, network, backoff: timing.backoff, session }
          return (resume, listener) => new XmppWire({ ...common, resume }, listener)
        },
      },
      this.#listener,
    )
  }

  async #keepLogin(account: AccountDatabase, proof: Proof): Promise<void> {
    if (proof.keys) await putSecret(account, 'login', proof.keys)
    await account.db.put('meta', { name: 'login', value: proof.mechanism })
  }

  /** The server wants the password again (it was changed, or its salt was): known from now on until the page ends. */
  renew(open: OpenAccount, password: string): void {
    open.login.password = password
    void open.engine.ask({ ask: 'try-now' })
  }

  #session(row: AccountRow, login: Login): ReturnType<WireOptions['session']> {
    const { timing, makeSocket } = this.#host
    return {
      endpoint: this.#config.endpoint ?? row.endpoint ?? '',
      resource: resourceOf(row),
      secret:
        login.password !== null || login.keys === null ? { password: login.password ?? '' } : { keys: login.keys },
      pinned: login.pinned,
      allow: this.#config.mechanisms,
      makeSocket,
      openLimit: timing.openLimit,
      keepalive: timing.keepalive,
    }
  }

  /** True where some tab signs this account out, or did. */
  async isLeaving(open: OpenAccount): Promise<boolean> {
    if (open.isPublic) return false
    return (await readAccounts(this.root)).every((row) => row.id !== open.row.id || row.state === 'leaving')
  }

  /**
   * Signs out: the intent is stored first, so that a kill half-way is finished at the next start. Works offline.
   * Answers whether bytes may stay in the profile until the browser is restarted.
   */
  async leave(open: OpenAccount): Promise<'none' | 'until-restart'> {
    if (!open.isPublic) await putAccount(this.root, { ...open.row, state: 'leaving' })
    open.engine.leave()
    return this.#wipe(open.row, open)
  }

  async #wipe(row: AccountRow, open: OpenAccount | null): Promise<'none' | 'until-restart'> {
    open?.database.db.close()
    if (open?.isPublic) return 'none'
    const isErased = row.hasBucket && (await this.#host.deleteBucket(row.id))
    if (!isErased) await this.#deleteDatabase(row)
    await this.#host.wipeStorages()
    await removeAccount(this.root, row.id)
    return isErased ? 'none' : 'until-restart'
  }

  async #deleteDatabase(row: AccountRow): Promise<void> {
    const factory = row.hasBucket ? await this.#host.openBucket(row.id) : this.#host.databases
    try {
      if (factory) await deleteDatabase(factory, this.#databaseName(row))
    } catch (error) {
      // It stays listed as leaving and is tried at the next start.
      throw new Failed('storage-failed', 'wait', failureOf(error).cause)
    }
  }
}

/** Stable for this device and account, so that a new session replaces the old one at the server. */
function resourceOf(row: AccountRow): string {
  return `besedka.${row.id.slice(0, 8)}`
}
