/**
 * Requests: what followers ask the leader to do, as rows that survive everything, and the answers.
 * The row is removed after the command was carried out; every command may be carried out twice without harm.
 */
import { needsServer, type Command, type CommandResult } from '#model/command.ts'
import type { Clock } from '#model/clock.ts'
import { failureOf } from '#model/failure.ts'
import { randomId } from '#model/random.ts'
import type { Tabs } from '#model/tabs.ts'
import type { AccountDatabase, RootDatabase } from '#storage/database.ts'
import {
  addRequest,
  hasRequest,
  openCommand,
  readRequests,
  removeRequest,
  type Request,
} from '#storage/write/request.ts'
import type { RequestRow } from '#storage/schema.ts'
import type { Asleep } from './asleep.ts'

type Signal =
  { readonly kind: 'asked' } | { readonly kind: 'answer'; readonly id: string; readonly result: CommandResult }

/** ms until what the disk refused is tried again. */
const retryPause = 2_000
/** ms after which a follower asks again; the row waits for whoever leads. */
const patience = 3_000

/** Commands that are carried out in order. What is only stored waits for none that waits for the server. */
interface Lane {
  readonly needsServer: boolean
  isRunning: boolean
  again: boolean
}

const lane = (needsServer: boolean): Lane => ({ needsServer, isRunning: false, again: false })

export class Requests {
  readonly #root: RootDatabase
  readonly #database: AccountDatabase
  readonly #account: string
  readonly #tabs: Tabs
  readonly #clock: Clock
  readonly #asleep: Asleep
  readonly #channel: string
  readonly #waiting = new Map<string, (result: CommandResult) => void>()
  readonly #unlisten: () => void
  #execute: ((command: Command) => Promise<CommandResult>) | null = null
  readonly #lanes = [lane(false), lane(true)] as const
  readonly #timers = new Set<() => void>()

  constructor(
    root: RootDatabase,
    database: AccountDatabase,
    account: string,
    tabs: Tabs,
    clock: Clock,
    asleep: Asleep,
  ) {
    this.#root = root
    this.#database = database
    this.#account = account
    this.#tabs = tabs
    this.#clock = clock
    this.#asleep = asleep
    this.#channel = `${database.name}:request`
    this.#unlisten = tabs.listen(this.#channel, (message) => this.#receive(message as Signal))
  }

  /** As follower: stores the wish and waits for the leader's answer, however long that takes. */
  async ask(command: Command): Promise<CommandResult> {
    const request = this.#request(command)
    await addRequest(this.#root, this.#database.keys, request)
    const answer = new Promise<CommandResult>((resolve) => this.#waiting.set(request.id, resolve))
    this.#remind()
    this.#after(patience, () => void this.#askAgain(request, false))
    return answer
  }

  /** Leaves a command for whoever leads next, without waiting: the page is going away. One put needs no answer to commit. */
  leave(command: Command): void {
    addRequest(this.#root, this.#database.keys, this.#request(command)).then(
      () => this.#remind(),
      // Nobody is left to hear of a failure.
      () => undefined,
    )
  }

  #request(command: Command): Request {
    return { id: randomId(), account: this.#account, command, at: this.#clock.now() }
  }

  #remind(): void {
    if (this.#execute) this.#run()
    else this.#tabs.post(this.#channel, { kind: 'asked' } satisfies Signal)
  }

  /**
   * A row that is gone was carried out, but its answer may be lost: the tab slept, or the leader died between the two.
   * It is asked once more then, which harms nothing (docs/decisions/0008) and is answered as the first time was.
   */
  async #askAgain(request: Request, wasGone: boolean): Promise<void> {
    if (!this.#waiting.has(request.id)) return
    try {
      const isGone = !(await hasRequest(this.#root, request.id))
      // An answer that is only late gets its time.
      if (isGone && wasGone && this.#waiting.has(request.id)) await addRequest(this.#root, this.#database.keys, request)
      this.#remind()
      this.#after(patience, () => void this.#askAgain(request, isGone && !wasGone))
    } catch (error) {
      this.#answered(request.id, { ok: false, failure: failureOf(error) })
    }
  }

  /** As leader: carries out what waits, in order, and what comes. */
  lead(execute: (command: Command) => Promise<CommandResult>): void {
    this.#execute = execute
    this.#run()
  }

  follow(): void {
    this.#execute = null
  }

  stop(): void {
    this.#unlisten()
    this.#execute = null
    this.#waiting.clear()
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  #after(ms: number, run: () => void): void {
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel)
      run()
    })
    this.#timers.add(cancel)
  }

  #receive(signal: Signal): void {
    if (signal.kind === 'asked' && this.#execute) this.#run()
    if (signal.kind === 'answer' && this.#waiting.has(signal.id))
      this.#asleep.whenAwake(() => this.#answered(signal.id, signal.result))
  }

  #answered(id: string, result: CommandResult): void {
    this.#waiting.get(id)?.(result)
    this.#waiting.delete(id)
  }

  /** null: damaged, or not ours. */
  #open(request: RequestRow): Command | null {
    try {
      return openCommand(this.#database.keys, request) as Command
    } catch {
      // It is answered as one that can never be carried out.
      return null
    }
  }

  #run(): void {
    for (const each of this.#lanes) void this.#runLane(each)
  }

  async #runLane(each: Lane): Promise<void> {
    if (each.isRunning) {
      each.again = true
      return
    }
    each.isRunning = true
    try {
      do {
        each.again = false
        await this.#runAll(each)
      } while (each.again)
    } catch {
      // The disk: what was not done, or was and stands there still, is tried again.
      this.#after(retryPause, () => {
        if (this.#execute) void this.#runLane(each)
      })
    } finally {
      each.isRunning = false
    }
  }

  /** @throws Failed storage-* */
  async #runAll(each: Lane): Promise<void> {
    for (const request of await readRequests(this.#root, this.#account)) {
      const command = this.#open(request)
      if ((command !== null && needsServer(command)) !== each.needsServer) continue
      if (!this.#execute) return
      // Damaged, it would stand in the way of all behind it for ever.
      const result = command === null ? unreadable : await this.#execute(command)
      // What failed because of the disk is not done.
      if (!result.ok && result.failure.what.startsWith('storage-')) throw new Error(result.failure.what)
      if (!result.ok && result.failure.what === 'epoch-lost') return
      await removeRequest(this.#root, request.id)
      this.#tabs.post(this.#channel, { kind: 'answer', id: request.id, result } satisfies Signal)
      this.#answered(request.id, result)
    }
  }
}

const unreadable: CommandResult = {
  ok: false,
  failure: { what: 'unexpected', remedy: 'give-up', cause: 'request cannot be opened' },
}
