/** One browser, one account, one server: everything a flow needs, on a disk and a clock of the test. */
import { settle } from './disk.ts'
import { IDBFactory } from 'fake-indexeddb'
import type { Change } from '#model/change.ts'
import type { EngineState } from '#model/command.ts'
import { RingLog } from '#model/log.ts'
import type { BareJid } from '#model/jid.ts'
import type { ConversationId, Message } from '#model/message.ts'
import { textOf } from '#model/message.ts'
import { makeStoreKey } from '#vault/key.ts'
import { openAccount, openRoot, type AccountDatabase, type RootDatabase } from '#storage/database.ts'
import { readConversationWith } from '#storage/read/conversation.ts'
import { readBefore } from '#storage/read/message.ts'
import type { StoredOutboxRow } from '#storage/schema.ts'
import { Engine } from '#sync/engine.ts'
import type { MakeWire } from '#sync/lead.ts'
import { ManualClock } from './clock.ts'
import { FakeServer, juliet, self } from './server.ts'
import { Browser, type FakeTabs } from './tabs.ts'
import { FakeWire } from './wire.ts'

const listener = { blocked: () => undefined, closed: () => undefined }

export interface Tab {
  readonly engine: Engine
  readonly tabs: FakeTabs
  readonly log: RingLog
  /** The newest wire of this tab. */
  wire(): FakeWire
  readonly changes: Change[]
  readonly states: EngineState[]
  readonly network: FakeNetwork
  kill(): void
}

export class FakeNetwork {
  visible = true
  online = true
  frozen = false
  readonly #listeners = new Set<() => void>()
  isOnline = (): boolean => this.online
  isVisible = (): boolean => this.visible
  isFrozen = (): boolean => this.frozen
  onChange = (fn: () => void): (() => void) => {
    this.#listeners.add(fn)
    return () => this.#listeners.delete(fn)
  }

  change(part: { visible?: boolean; online?: boolean; frozen?: boolean }): void {
    Object.assign(this, part)
    for (const fn of this.#listeners) fn()
  }
}

export class World {
  readonly clock: ManualClock
  readonly server: FakeServer
  readonly browser = new Browser()
  readonly root: RootDatabase
  readonly account: AccountDatabase
  readonly #disk: IDBFactory
  readonly opened: Tab[] = []
  readonly mayTell = { receipts: true, displayed: true }
  /** What stands between the engine and the server; another stage puts the real one here. */
  makeWire: MakeWire = (resume, heard) => new FakeWire(this.server, resume, heard)

  private constructor(disk: IDBFactory, root: RootDatabase, account: AccountDatabase) {
    this.#disk = disk
    this.root = root
    this.account = account
    this.clock = new ManualClock()
    // The server's time is the true one, whatever the device believes.
    const start = this.clock.now()
    this.server = new FakeServer(() => start + this.clock.monotonic())
  }

  static async make(): Promise<World> {
    const disk = new IDBFactory()
    const account = await openAccount(disk, 'account', listener)
    account.keys = [(await makeStoreKey(1)).key]
    return new World(disk, await openRoot(disk, 'root', listener), account)
  }

  /** A further tab with a database connection of its own. */
  async tab(): Promise<Tab> {
    const account = await openAccount(this.#disk, 'account', listener)
    account.keys = this.account.keys
    const root = await openRoot(this.#disk, 'root', listener)
    const tabs = this.browser.open()
    const network = new FakeNetwork()
    const log = new RingLog(() => this.clock.now())
    const changes: Change[] = []
    const states: EngineState[] = []
    const wires: FakeWire[] = []
    const engine = new Engine(
      {
        account,
        accountId: 'a',
        self,
        root,
        clock: this.clock,
        network,
        tabs,
        log,
        endpoint: () => null,
        loadWire: () =>
          Promise.resolve((resume, heard) => {
            const wire = this.makeWire(resume, heard)
            wires.push(wire as FakeWire)
            return wire
          }),
        mayTell: async (what) => Promise.resolve(this.mayTell[what]),
        proven: () => undefined,
        renewed: () => undefined,
      },
      {
        changed: (list) => changes.push(...list),
        state: (state) => states.push(state),
        leaving: () => undefined,
      },
    )
    const tab: Tab = {
      engine,
      tabs,
      log,
      wire: () => wires.at(-1) as FakeWire,
      changes,
      states,
      network,
      kill: () => {
        if (wires.at(-1) instanceof FakeWire) wires.at(-1)?.die()
        account.db.close()
        root.close()
        this.browser.kill(tabs)
      },
    }
    this.opened.push(tab)
    engine.start()
    await settle()
    return tab
  }

  settle(): Promise<void> {
    return settle()
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms, settle)
  }

  async conversation(jid: BareJid = juliet): Promise<ConversationId> {
    return (await readConversationWith(this.account, jid))?.id ?? ''
  }

  /** Conversation as it is stored; fails where there is none. */
  async stored(jid: BareJid = juliet) {
    const found = await readConversationWith(this.account, jid)
    if (!found) throw new Error(`no conversation with ${jid}`)
    return found
  }

  async messages(jid: BareJid = juliet): Promise<Message[]> {
    return readBefore(this.account, await this.conversation(jid), null, 1_000)
  }

  /** Bodies in the order of the timeline. */
  async bodies(jid: BareJid = juliet): Promise<(string | null)[]> {
    return (await this.messages(jid)).map(textOf)
  }

  async statusOf(body: string, jid: BareJid = juliet): Promise<string | undefined> {
    return (await this.messages(jid)).find((message) => textOf(message) === body)?.delivery?.status
  }

  async outbox(): Promise<StoredOutboxRow[]> {
    return (await this.account.db.getAll('outbox')) as StoredOutboxRow[]
  }

  coverage() {
    return this.account.db.get('coverage', [self, ''])
  }

  gaps() {
    return this.account.db.getAll('gap')
  }

  /** Opens the conversation and queues a text. */
  async send(tab: Tab, body: string, originId = `o-${body}`, jid: BareJid = juliet): Promise<void> {
    const opened = await tab.engine.execute({ do: 'open', jid })
    if (!opened.ok) throw new Error(opened.failure.what)
    await tab.engine.execute({ do: 'send', conversation: opened.id ?? '', originId, body })
    await settle()
  }

  /** The connection breaks and is made again at once. */
  async reconnect(tab: Tab): Promise<void> {
    tab.wire().cut()
    await settle()
    tab.wire().connect()
    await settle()
  }
}
