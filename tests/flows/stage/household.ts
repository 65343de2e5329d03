/** Tabs of one browser that sign in and out: real `Accounts` over one fake disk; only the proof of the password is told by the test. */
import { settle } from './disk.ts'
import { IDBFactory } from 'fake-indexeddb'
import { RingLog } from '#model/log.ts'
import type { EngineState } from '#model/command.ts'
import type { BareJid } from '#model/jid.ts'
import { openAccount, openRoot, type RootDatabase } from '#storage/database.ts'
import type { AccountRow } from '#storage/schema.ts'
import { openAddress, readAccounts, readStoreKeys } from '#storage/write/account.ts'
import { Accounts, type OpenAccount } from '#sync/account.ts'
import { ordinaryTiming, type AccountHost } from '#sync/host.ts'
import { findStrays, type Stray } from '#sync/stray.ts'
import { unwrapStoreKey } from '#vault/key.ts'
import { browserBuckets } from '#platform/bucket.ts'
import type { LoginSecret, Proof } from '#xmpp/login.ts'
import type { XmppWire } from '#xmpp/xmpp-wire.ts'
import type { FakeBuckets } from './buckets.ts'
import { ManualClock } from './clock.ts'
import { FakeServer, self } from './server.ts'
import { Browser, type FakeTabs } from './tabs.ts'
import { FakeWire } from './wire.ts'
import { FakeNetwork } from './world.ts'

const ignore = { blocked: () => undefined, closed: () => undefined }

export interface SigningIn {
  readonly account: Promise<OpenAccount>
  cancel(): void
}

/** One tab, with what it heard. */
export interface HouseholdTab {
  readonly accounts: Accounts
  readonly root: RootDatabase
  readonly tabs: FakeTabs
  /** `leaving`: another tab signs out; `gone`, `newer`: the database was closed under us. */
  readonly heard: string[]
  /** How its engine stood, each time that changed. */
  readonly states: EngineState[]
  signIn(jid?: BareJid, isPublic?: boolean): SigningIn
  /** What is on disk is left alone from here on; its locks are free. */
  kill(): void
}

export class Household {
  readonly clock = new ManualClock()
  readonly browser = new Browser()
  readonly server = new FakeServer(() => this.clock.now())
  readonly disk = new IDBFactory()
  /** null: this browser has none. */
  buckets: FakeBuckets | null = null
  /** Of each tab that came to lead, in order: what it signs in with, and the server's proof. */
  readonly wires: { readonly wire: FakeWire; secret(): LoginSecret; proven(proof: Proof): void }[] = []
  /** Sessions that signing in had opened and nobody took over. */
  dropped = 0
  /** Each runs before its step and may wait: the password is proven; the account's database is made. */
  before: { proof: () => Promise<void>; disk: () => Promise<void> } = {
    proof: () => Promise.resolve(),
    disk: () => Promise.resolve(),
  }

  async tab(): Promise<HouseholdTab> {
    const heard: string[] = []
    const states: EngineState[] = []
    const root = await openRoot(this.disk, 'besedka:/', { ...ignore, closed: (why) => heard.push(`root ${why}`) })
    const tabs = this.browser.open()
    const accounts = new Accounts(this.#host(tabs), { endpoint: null, mechanisms: [] }, root, {
      changed: () => undefined,
      state: (state) => states.push(state),
      leaving: () => heard.push('leaving'),
      blocked: () => heard.push('blocked'),
      databaseClosed: (why) => heard.push(why),
    })
    return {
      accounts,
      root,
      tabs,
      heard,
      states,
      signIn: (jid = self, isPublic = false) => {
        const trying = new AbortController()
        const { signal } = trying
        const input = { self: jid, password: 'pencil', typed: '', isPublic, signal, trying: () => undefined }
        const account = accounts.signIn(input)
        // Whoever waits for it hears of it; a test that does not wait is not disturbed.
        account.catch(() => undefined)
        return { account, cancel: () => trying.abort() }
      },
      kill: () => {
        root.close()
        this.browser.kill(tabs)
      },
    }
  }

  #host(tabs: FakeTabs): AccountHost {
    const { server, wires } = this
    const buckets = browserBuckets(this.buckets, '/')
    return {
      prefix: 'besedka:/',
      log: new RingLog(() => this.clock.now()),
      clock: this.clock,
      network: new FakeNetwork(),
      tabs,
      timing: ordinaryTiming,
      fetch: () => Promise.reject(new TypeError('no network')),
      origin: null,
      makeSocket: () => {
        throw new Error('no network')
      },
      databases: this.disk,
      memory: () => Promise.resolve(new IDBFactory()),
      ...buckets,
      openBucket: async (id) => {
        await this.before.disk()
        return buckets.openBucket(id)
      },
      wipeStorages: () => Promise.resolve(),
      loadWire: () => {
        class Wire extends FakeWire {
          constructor(...[options, listener]: ConstructorParameters<typeof XmppWire>) {
            super(server, options.resume, listener)
            wires.push({
              wire: this,
              secret: () => options.session().secret(),
              proven: (proof) => listener.proven(proof),
            })
          }
        }
        return Promise.resolve({ XmppWire: Wire as never })
      },
      loadLogin: () =>
        Promise.resolve({
          proveAccount: async () => {
            await this.before.proof()
            const session = { take: () => null, listen: () => undefined, drop: () => void this.dropped++ }
            const proof = { mechanism: 'SCRAM-SHA-256', keys: null }
            return { endpoint: 'wss://montague.example/ws', proof, session }
          },
        }),
    }
  }

  /** The accounts that are listed; `jid` null: of this one only its own database could tell, and there is none yet. */
  async rows(tab: HouseholdTab): Promise<{ jid: BareJid | null; state: AccountRow['state'] }[]> {
    return Promise.all(
      (await readAccounts(tab.root)).map(async (row) => ({ jid: await this.#jidOf(row), state: row.state })),
    )
  }

  async #jidOf(row: AccountRow): Promise<BareJid | null> {
    if (row.sealed === null) return null
    const bucket = row.hasBucket ? await browserBuckets(this.buckets, '/').openBucket(row.id) : null
    const database = await openAccount(bucket ?? this.disk, `besedka:/:${row.id}`, ignore)
    database.keys = await Promise.all((await readStoreKeys(database)).map(unwrapStoreKey))
    database.db.close()
    return openAddress(database, row).jid
  }

  /** What the sign-in page finds where no row tells of an account. */
  strays(): Promise<Stray[]> {
    const host = { prefix: 'besedka:/', databases: this.disk, ...browserBuckets(this.buckets, '/') }
    return findStrays(host, new Set())
  }

  /** The accounts' databases. */
  async databases(): Promise<string[]> {
    return (await this.disk.databases()).flatMap(({ name = '' }) => (name === 'besedka:/' ? [] : [name]))
  }

  settle(): Promise<void> {
    return settle()
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms, settle)
  }
}

/** A step that waits until it is told to go on. */
export function gate(): { readonly pass: () => Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>((done) => (open = done))
  return { pass: () => opened, open }
}
