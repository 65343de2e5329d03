/**
 * Accounts of this browser: opened at start, made at the first sign-in, wiped when left; what lies on disk is account-disk.ts.
 * What a browser gives (databases, buckets, sockets) comes through `AccountHost`, so that the same code runs in tests.
 */
import { Failed, failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { randomId } from '#model/random.ts'
import { openRoot, type AccountDatabase, type RootDatabase } from '#storage/database.ts'
import type { AccountAddress, AccountRow } from '#storage/schema.ts'
import { readAccounts } from '#storage/write/account.ts'
import { readSetting } from '#storage/write/setting.ts'
import type { Proof } from '#xmpp/login.ts'
import { areSteady } from '#xmpp/scram-keys.ts'
import type { WireOptions } from '#xmpp/xmpp-wire.ts'
import { AccountDisk, type DiskListener } from './account-disk.ts'
import { secretOf, takeOpened, type Login } from './account-login.ts'
import { alone } from './alone.ts'
import { Engine, type EngineListener } from './engine.ts'
import type { AccountHost } from './host.ts'

export interface AccountConfig {
  /** Fixed by the operator; null: find it. */
  readonly endpoint: string | null
  readonly mechanisms: readonly string[]
}

export interface OpenAccount {
  readonly row: AccountRow
  readonly address: AccountAddress
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

export type AccountListener = EngineListener & DiskListener

/** An account whose password was proven. */
type Made = Pick<OpenAccount, 'row' | 'address' | 'login'>

/** Held by the tab that makes or wipes an account. */
const accountsLock = 'accounts'

export class Accounts {
  readonly #host: AccountHost
  readonly #config: AccountConfig
  readonly #listener: AccountListener
  readonly #disk: AccountDisk
  readonly root: RootDatabase

  constructor(host: AccountHost, config: AccountConfig, root: RootDatabase, listener: AccountListener) {
    this.#host = host
    this.#config = config
    this.#listener = listener
    this.#disk = new AccountDisk(host, root, listener)
    this.root = root
  }

  /**
   * The account that is signed in; what was being left when the browser closed is wiped first.
   * @throws Failed storage-gone where the browser has evicted its database, storage-broken where that is not whole
   */
  async current(): Promise<OpenAccount | null> {
    let rows = await readAccounts(this.root)
    // Another tab may be making or wiping it right now: then it is waited for, and the list is read again.
    if (rows.some(isLeaving)) {
      await this.#alone(async () => {
        for (const row of (await readAccounts(this.root)).filter(isLeaving)) await this.#wipeNowOrLater(row)
      })
      rows = await readAccounts(this.root)
    }
    const row = rows.find(isOpen)
    return row === undefined ? null : this.#open(row)
  }

  /** What cannot be erased now stays listed as leaving, and keeps nobody out. */
  async #wipeNowOrLater(row: AccountRow): Promise<void> {
    await this.#disk.wipe(row).catch(() => undefined)
  }

  async #isListed({ id }: AccountRow): Promise<boolean> {
    return (await readAccounts(this.root)).some((row) => row.id === id && isOpen(row))
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return alone(this.#host.tabs, this.#host.clock, accountsLock, work)
  }

  async #open(row: AccountRow): Promise<OpenAccount | null> {
    try {
      const found = await this.#disk.open(row)
      if (found === null) return await this.#emptied(row)
      const login: Login = { ...(await this.#disk.readLogin(found.database)), password: null, opened: null }
      return this.#opened({ row, ...found, login, isPublic: false }, this.root)
    } catch (error) {
      // Another tab signed out while this one read, and took the database away.
      if (failureOf(error).what === 'storage-gone' || (await this.#isListed(row))) throw error
      return null
    }
  }

  /** The database is empty: another tab signed out meanwhile, or the browser evicted it and left the root's row behind. */
  async #emptied(row: AccountRow): Promise<null> {
    const wasOpen = await this.#alone(async () => {
      const isListed = await this.#isListed(row)
      await this.#wipeNowOrLater(row)
      return isListed
    })
    if (wasOpen) throw new Failed('storage-gone', 'ask', 'no store key')
    return null
  }

  /** Proves the password, then makes and opens the account. @throws Failed */
  async signIn({ self, password, typed, isPublic, signal, trying }: SignIn): Promise<OpenAccount> {
    const host = this.#host
    const row: AccountRow = {
      id: randomId(),
      sealed: null,
      hasBucket: false,
      state: 'open',
      createdAt: host.clock.now(),
    }
    const login: Login = { keys: null, password, pinned: null, opened: null }
    const { proveAccount } = await host.loadLogin()
    const { endpoint, proof, session } = await proveAccount({
      self,
      secret: () => secretOf(login),
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
      keepalive: host.timing.keepalive,
      signal,
      trying,
    })
    const address = { jid: self, endpoint }
    Object.assign(login, { keys: proof.keys, pinned: proof.mechanism, opened: session } satisfies Partial<Login>)
    try {
      signal.throwIfAborted()
      const made = { row, address, login }
      if (isPublic) return await this.#makePublic(made, proof, signal)
      return await this.#alone(async () => (await this.#join(self, proof, login)) ?? this.#make(made, proof, signal))
    } catch (error) {
      session.drop()
      throw error
    }
  }

  /** The same account may have been signed in by another tab meanwhile; a browser has one. @throws Failed account-other */
  async #join(wanted: BareJid, proof: Proof, login: Login): Promise<OpenAccount | null> {
    const row = (await readAccounts(this.root)).find(isOpen)
    if (row === undefined) return null
    const found = await this.#disk.openWhole(row)
    if (found === null) return null
    if (found.address.jid !== wanted) {
      found.database.db.close()
      throw new Failed('account-other', 'ask', 'another account is signed in here')
    }
    await this.#disk.keepLogin(found.database, proof)
    // The tab that leads has a session.
    takeOpened(login)?.drop()
    return this.#opened({ row, ...found, login, isPublic: false }, this.root)
  }

  /** In place of what there is of this account and could not be joined. */
  async #make(made: Made, proof: Proof, signal: AbortSignal): Promise<OpenAccount> {
    const replaced = await this.#disk.replaceable(made.address.jid)
    const database = await this.#disk.make(made.row, made.address, proof, signal, replaced)
    return this.#opened({ ...made, database, isPublic: false }, this.root)
  }

  async #makePublic(made: Made, proof: Proof, signal: AbortSignal): Promise<OpenAccount> {
    const memory = await this.#host.memory()
    const root = await openRoot(memory, this.#host.prefix, { blocked: () => undefined, closed: () => undefined })
    const database = await this.#disk.fill(memory, made.row, made.address.jid, proof)
    signal.throwIfAborted()
    return this.#opened({ ...made, database, isPublic: true }, root)
  }

  #opened(account: Omit<OpenAccount, 'engine'>, root: RootDatabase): OpenAccount {
    return { ...account, engine: this.#makeEngine(account, root) }
  }

  #makeEngine(opened: Omit<OpenAccount, 'engine'>, root: RootDatabase): Engine {
    const { row, address, login, database: account } = opened
    const { clock, network, tabs, timing, log } = this.#host
    return new Engine(
      {
        account,
        accountId: row.id,
        self: address.jid,
        root,
        clock,
        network,
        tabs,
        log,
        endpoint: () => this.#config.endpoint ?? address.endpoint,
        mayTell: async (what) => (await readSetting<boolean>(this.root, what)) ?? true,
        proven: (proof) => {
          login.pinned = proof.mechanism
          if (areSteady(login.keys, proof.keys)) login.password = null
          login.keys = proof.keys ?? login.keys
          void this.#disk.keepLoginSoon(account, proof)
        },
        renewed: (password) => {
          login.password = password
        },
        loadWire: async () => {
          const { XmppWire } = await this.#host.loadWire()
          // The tab that led before may have signed in anew since this one read the keys.
          if (login.password === null) Object.assign(login, await this.#disk.readLogin(account))
          const session = () => this.#session(opened)
          const common = { account: address.jid, clock, network, backoff: timing.backoff, session }
          return (resume, listener) => new XmppWire({ ...common, resume }, listener)
        },
      },
      this.#listener,
    )
  }

  /** The server wants the password again: it was changed, or its salt was. */
  renew(open: OpenAccount, password: string): void {
    void open.engine.ask({ ask: 'try-now', password })
  }

  #session({ row, address, login }: Made): ReturnType<WireOptions['session']> {
    const { timing, makeSocket } = this.#host
    return {
      endpoint: this.#config.endpoint ?? address.endpoint ?? '',
      resource: resourceOf(row),
      secret: () => secretOf(login),
      pinned: login.pinned,
      allow: this.#config.mechanisms,
      makeSocket,
      openLimit: timing.openLimit,
      keepalive: timing.keepalive,
      opened: takeOpened(login),
    }
  }

  /** True where some tab signs this account out, or did. */
  async isLeaving(open: OpenAccount): Promise<boolean> {
    if (open.isPublic) return false
    return !(await this.#isListed(open.row))
  }

  /**
   * Signs out: the intent is stored first, so that a kill half-way is finished at the next start. Works offline, and on a
   * disk that takes nothing more: that is erased all the same.
   * Answers whether bytes may stay in the profile until the browser is restarted.
   * @throws Failed not-erased where neither could be done: it is all there at the next start
   */
  async leave(open: OpenAccount): Promise<'none' | 'until-restart'> {
    const isIntended = open.isPublic || (await this.#disk.intendToLeave(open.row))
    open.engine.leave()
    takeOpened(open.login)?.drop()
    open.database.db.close()
    if (open.isPublic) return 'none'
    try {
      return await this.#alone(() => this.#disk.wipe(open.row))
    } catch (error) {
      if (isIntended) return 'until-restart'
      throw new Failed('not-erased', 'ask', failureOf(error).cause)
    }
  }
}

function isOpen({ state }: AccountRow): boolean {
  return state === 'open'
}

function isLeaving({ state }: AccountRow): boolean {
  return state === 'leaving'
}

/** Stable for this device and account, so that a new session replaces the old one at the server. */
function resourceOf(row: AccountRow): string {
  return `besedka.${row.id.slice(0, 8)}`
}
