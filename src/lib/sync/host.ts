/** What a browser gives the engine, as an interface: the same code then runs in memory and in tests. */
import type { Clock } from '#model/clock.ts'
import type { Log } from '#model/log.ts'
import type { Network } from '#model/network.ts'
import type { Tabs } from '#model/tabs.ts'
import type { Fetch } from '#xmpp/discovery.ts'
import type { SessionOptions } from '#xmpp/session.ts'
import type { XmppWire } from '#xmpp/xmpp-wire.ts'
import type { proveAccount } from './login.ts'

export interface Timing {
  /** ms for opening and negotiating a stream. */
  readonly openLimit: number
  readonly keepalive: { readonly interval: number; readonly answer: number }
  readonly backoff: { readonly first: number; readonly most: number }
}

export const ordinaryTiming: Timing = {
  openLimit: 20_000,
  keepalive: { interval: 60_000, answer: 15_000 },
  backoff: { first: 1_000, most: 60_000 },
}

export interface AccountHost {
  /** `besedka:<base path>`: beginning of every shared name. */
  readonly prefix: string
  readonly clock: Clock
  readonly network: Network
  readonly tabs: Tabs
  readonly log: Log
  readonly timing: Timing
  readonly fetch: Fetch
  /** The page's own origin; null: none. */
  readonly origin: string | null
  readonly makeSocket: SessionOptions['makeSocket']
  readonly databases: IDBFactory
  /** Databases that vanish with the page, for public computers. */
  memory(): Promise<IDBFactory>
  /** The account's own bucket; null: this browser has none. @throws Failed storage-refused where it is not opened now */
  openBucket(id: string): Promise<IDBFactory | null>
  deleteBucket(id: string): Promise<boolean>
  /** Ids of all buckets of accounts. */
  bucketIds(): Promise<string[]>
  wipeStorages(): Promise<void>
  /** Code that is large and needed only to talk to a server. */
  loadWire(): Promise<{ readonly XmppWire: typeof XmppWire }>
  loadLogin(): Promise<{ readonly proveAccount: typeof proveAccount }>
}
