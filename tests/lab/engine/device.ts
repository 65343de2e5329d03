// A device without a browser: the product's own engine on a disk, a clock and a line of its own. Its disk outlives its tabs,
// and a tab can be killed as a process is: what was not committed is gone, nothing is closed, nothing is said.
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { unwrap, type IDBPDatabase } from 'idb'
import { WebSocket } from 'ws'
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import type { EngineState } from '#model/command.ts'
import { RingLog } from '#model/log.ts'
import { readJid, type BareJid } from '#model/jid.ts'
import { textOf, type Message } from '#model/message.ts'
import type { Tabs } from '#model/tabs.ts'
import { openRoot } from '#storage/database.ts'
import { readConversationWith } from '#storage/read/conversation.ts'
import { readBefore } from '#storage/read/message.ts'
import type { StoredOutboxRow } from '#storage/schema.ts'
import { Accounts, type OpenAccount } from '#sync/account.ts'
import type { AccountHost, Timing } from '#sync/host.ts'
import { Browser } from '../../flows/stage/tabs.ts'
import { Line } from './line.ts'
import { Tape } from './tape.ts'

/** Everything that takes seconds in the product takes tenths here. */
export const quickTiming: Timing = {
  openLimit: 4_000,
  keepalive: { interval: 400, answer: 600 },
  backoff: { first: 30, most: 300 },
}

export interface Person {
  readonly user: string
  readonly password: string
  readonly jid: string
}

export interface DeviceOptions {
  readonly person: Person
  /** Port of the server's WebSocket, as `/xmpp-websocket`. */
  readonly port: number
  readonly timing?: Timing
}

/** Writing transactions under way, by connection. */
const running = new WeakMap<IDBDatabase, Set<IDBTransaction>>()
const begin = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (...given: Parameters<typeof begin>) {
  const tx = begin.apply(this, given)
  if (tx.mode === 'readonly') return tx
  const all = running.get(this) ?? new Set()
  running.set(this, all.add(tx))
  for (const end of ['complete', 'abort']) tx.addEventListener(end, () => all.delete(tx))
  return tx
}

export class Device {
  readonly person: Person
  readonly line: Line
  readonly disk = new IDBFactory()
  readonly tabs = new Set<Tab>()
  readonly browser = new Browser()
  readonly tape = new Tape()
  readonly timing: Timing
  /** ms by which this device's clock is wrong. */
  skew = 0

  private constructor(options: DeviceOptions, line: Line) {
    this.person = options.person
    this.timing = options.timing ?? quickTiming
    this.line = line
  }

  static async make(options: DeviceOptions): Promise<Device> {
    return new Device(options, await Line.to(options.port))
  }

  get self(): BareJid {
    return readJid(this.person.jid) as BareJid
  }

  /** Opens the app: signed in as before, or now. */
  async open(): Promise<Tab> {
    const tab = await Tab.open(this)
    this.tabs.add(tab)
    return tab
  }

  /** Kills all tabs and the line. */
  async end(): Promise<void> {
    for (const tab of this.tabs) tab.kill()
    await this.line.close()
  }
}

export class Tab {
  readonly changes: Change[] = []
  readonly states: EngineState[] = []
  readonly #device: Device
  readonly #handle = new Handle()
  #account: OpenAccount | null = null
  #isDead = false
  #die: () => void = () => undefined
  /** Resolves when it is killed. */
  readonly death = new Promise<void>((resolve) => (this.#die = resolve))

  static async open(device: Device): Promise<Tab> {
    const tab = new Tab(device)
    await tab.#start()
    return tab
  }

  private constructor(device: Device) {
    this.#device = device
  }

  get account(): OpenAccount {
    if (this.#account === null) throw new Error('not open')
    return this.#account
  }

  get state(): EngineState {
    return this.account.engine.state
  }

  get isOnline(): boolean {
    return !this.#isDead && this.state.connection.phase === 'online'
  }

  async #start(): Promise<void> {
    const { disk, line, person, timing } = this.#device
    const host = hostOf(this.#device, this.#handle, timing)
    const quiet = { blocked: () => undefined, closed: () => undefined }
    const root = this.#handle.keep(await openRoot(disk, host.prefix, quiet))
    const endpoint = `ws://localhost:${line.port}/xmpp-websocket`
    const accounts = new Accounts(host, { endpoint, mechanisms: [] }, root, {
      changed: (changes) => void this.changes.push(...changes),
      state: (state) => void this.states.push(state),
      leaving: () => undefined,
      blocked: () => undefined,
      databaseClosed: () => undefined,
    })
    const signIn = { typed: '', isPublic: false, signal: new AbortController().signal, trying: () => undefined }
    this.#account =
      (await accounts.current()) ??
      (await accounts.signIn({ self: this.#device.self, password: person.password, ...signIn }))
    this.#handle.keep(this.#account.database.db)
    this.#account.engine.start()
  }

  /** The process dies now. */
  kill(): void {
    this.#isDead = true
    this.#handle.kill()
    this.#die()
    this.#device.browser.kill(this.#handle.tabs(this.#device.browser))
    this.#device.tabs.delete(this)
  }

  /** Queues a text; resolves when it is stored. */
  async send(to: string, body: string, originId: string): Promise<void> {
    const { engine } = this.account
    const opened = await engine.execute({ do: 'open', jid: readJid(to) as BareJid })
    if (!opened.ok) throw new Error(opened.failure.what)
    const sent = await engine.execute({ do: 'send', conversation: opened.id ?? '', originId, body })
    if (!sent.ok) throw new Error(sent.failure.what)
  }

  /** The whole conversation as it is stored, in the order of the screen. */
  async messages(peer: string): Promise<Message[]> {
    const { database } = this.account
    const conversation = await readConversationWith(database, readJid(peer) as BareJid)
    return conversation ? readBefore(database, conversation.id, null, 1_000_000) : []
  }

  /** How many of them there are. */
  async count(peer: string): Promise<number> {
    const { database } = this.account
    const { id } = (await readConversationWith(database, readJid(peer) as BareJid)) ?? { id: '' }
    return database.db.countFromIndex('message', 'timeline', IDBKeyRange.bound([id], [id, []]))
  }

  async bodies(peer: string): Promise<string[]> {
    return (await this.messages(peer)).map((message) => textOf(message) ?? '')
  }

  async outbox(): Promise<StoredOutboxRow[]> {
    return (await this.account.database.db.getAll('outbox')) as StoredOutboxRow[]
  }
}

/** Everything of a tab that dies with it. */
class Handle {
  #isDead = false
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #sockets = new Set<WebSocket>()
  readonly #databases = new Set<IDBDatabase>()
  #tabs: ReturnType<Browser['open']> | null = null

  keep<T>(database: T): T {
    this.#databases.add(database as IDBDatabase)
    return database
  }

  tabs(browser: Browser): ReturnType<Browser['open']> {
    return (this.#tabs ??= browser.open())
  }

  clock(skew: () => number): Clock {
    return {
      now: () => Date.now() + skew(),
      monotonic: () => performance.now(),
      after: (ms, run) => {
        if (this.#isDead) return () => undefined
        const timer = setTimeout(() => {
          this.#timers.delete(timer)
          run()
        }, ms)
        this.#timers.add(timer)
        return () => {
          clearTimeout(timer)
          this.#timers.delete(timer)
        }
      },
    }
  }

  socket(url: string, protocol: string, tape: Tape): globalThis.WebSocket {
    if (this.#isDead) throw new Error('dead')
    const socket = new WebSocket(url, protocol)
    tape.watch(socket)
    this.#sockets.add(socket)
    // As in a browser, an error nobody listens to is not thrown.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    return socket as unknown as globalThis.WebSocket
  }

  kill(): void {
    this.#isDead = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const socket of this.#sockets) {
      socket.onmessage = null
      socket.onclose = null
      socket.terminate()
    }
    for (const database of this.#databases) {
      for (const tx of running.get(unwrapped(database)) ?? []) abort(tx)
      database.close()
    }
  }
}

function abort(tx: IDBTransaction): void {
  try {
    tx.abort()
  } catch {
    // It has just committed: then it is on the disk, as it would be.
  }
}

/** idb hands out proxies; the map knows the real ones. */
function unwrapped(database: IDBDatabase): IDBDatabase {
  return unwrap(database as unknown as IDBPDatabase) as unknown as IDBDatabase
}

function hostOf(device: Device, handle: Handle, timing: Timing): AccountHost {
  const tabs: Tabs = handle.tabs(device.browser)
  return {
    prefix: 'besedka:/',
    log: new RingLog(() => Date.now()),
    clock: handle.clock(() => device.skew),
    network: { isOnline: () => true, isVisible: () => true, isFrozen: () => false, onChange: () => () => undefined },
    tabs,
    timing,
    fetch: () => Promise.reject(new TypeError('no network')),
    origin: null,
    makeSocket: (url, protocol) => handle.socket(url, protocol, device.tape),
    databases: device.disk,
    memory: () => Promise.resolve(new IDBFactory()),
    openBucket: () => Promise.resolve(null),
    deleteBucket: () => Promise.resolve(false),
    bucketIds: () => Promise.resolve([]),
    wipeStorages: () => Promise.resolve(),
    loadWire: () => import('#xmpp/xmpp-wire.ts'),
    loadLogin: () => import('#sync/login.ts'),
  }
}
