/**
 * What all parts of the engine share: the account's database under our epoch, time, and who is told after a commit.
 * A failed write becomes a mode that everyone can see, never a lost exception.
 */
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { putMeta, write, type AccountDatabase, type Writing } from '#storage/database.ts'

/** ms between two tries of a disk that refused. */
const probePause = 2_000
/** Characters: more than a message has, so that what follows will fit too. */
const probeSize = 65_536

export interface CoreListener {
  /** After a commit; the changes are true now. */
  changed(changes: readonly Change[]): void
  /** null: writing works again. */
  storage(failure: Failure | null): void
  /** Another tab took over: this engine may do nothing any more. */
  deposed(): void
}

export class Core {
  readonly account: AccountDatabase
  readonly self: BareJid
  readonly clock: Clock
  readonly #epoch: number
  readonly #listener: CoreListener
  readonly #waiting: (() => void)[] = []
  #session = 0
  /** Server time minus client time in ms, as far as the server told. */
  #clockOffset = 0
  /** By the client's clock: a session opens before the server tells its time. */
  #openedAt = 0
  #announcedAt = Number.POSITIVE_INFINITY
  #isStopped = false
  /** null: the disk takes what it is given, as far as we know. */
  #cancelProbe: (() => void) | null = null

  constructor(account: AccountDatabase, self: BareJid, epoch: number, clock: Clock, listener: CoreListener) {
    this.account = account
    this.self = self
    this.clock = clock
    this.#epoch = epoch
    this.#listener = listener
  }

  /** The server's time as we know it, ms since the epoch. */
  serverNow(): number {
    return this.#serverTime(this.clock.now())
  }

  #serverTime(at: number): number {
    return Math.round(at + this.#clockOffset)
  }

  /** The server told its time. */
  setClock(offset: number): void {
    this.#clockOffset = offset
  }

  /** A session is open; `isAnnounced`: resumed, and the server has our presence. Called by lead.ts alone, as the next two. */
  beginSession(isAnnounced: boolean): void {
    this.#openedAt = this.clock.now()
    this.#announcedAt = isAnnounced ? this.#openedAt : Number.POSITIVE_INFINITY
  }

  /** Our presence is on its way to the server. */
  announced(): void {
    this.#announcedAt = this.clock.now()
  }

  /** Server time at which this session opened. */
  get openedAt(): number {
    return this.#serverTime(this.#openedAt)
  }

  /** Server time at which the server learned of our presence, or resumed it; Infinity: it has not. */
  get announcedAt(): number {
    return this.#serverTime(this.#announcedAt)
  }

  /** Which session with the server this is: what was begun in another one says nothing of it, and is not sent on it. */
  get session(): number {
    return this.#session
  }

  /** The connection ended, however; before anybody else hears of it. */
  endSession(): void {
    this.#session++
  }

  /** Runs each time that writing works again after it did not: for what was left undone and nobody else will ask for. */
  whenRecovered(run: () => void): void {
    this.#waiting.push(run)
  }

  /** The engine ends: nobody is told anything any more, and the disk is not asked. What is under way ends as it will. */
  stop(): void {
    this.#isStopped = true
    this.#cancelProbe?.()
    this.#waiting.length = 0
  }

  #refused(failure: Failure): void {
    if (failure.what === 'epoch-lost') this.#listener.deposed()
    else if (failure.what.startsWith('storage-')) this.#failing(failure)
  }

  /** Only the probe says that writing works again: a transaction that found nothing to write proves nothing. */
  #failing(failure: Failure): void {
    this.#listener.storage(failure)
    this.#cancelProbe ??= this.clock.after(probePause, () => {
      this.#cancelProbe = null
      this.write(probe).then(
        () => this.#recovered(),
        // Told by the write itself, which asks again later.
        () => undefined,
      )
    })
  }

  #recovered(): void {
    if (this.#isStopped) return
    this.#listener.storage(null)
    for (const run of [...this.#waiting]) run()
  }

  /** One transaction; its changes are announced after the commit. @throws Failed when nothing was written */
  async write(work: (writing: Writing) => Promise<void>): Promise<readonly Change[]> {
    try {
      const changes = await write(this.account, this.#epoch, this.clock.now(), work)
      // Whoever leads next tells all tabs to look again.
      if (changes.length > 0 && !this.#isStopped) this.#listener.changed(changes)
      return changes
    } catch (error) {
      const failure = failureOf(error)
      if (!this.#isStopped) this.#refused(failure)
      throw error instanceof Failed ? error : new Failed(failure.what, failure.remedy, failure.cause)
    }
  }
}

async function probe(writing: Writing): Promise<void> {
  await putMeta(writing, 'probe', ' '.repeat(probeSize))
  await writing.tx.objectStore('meta').delete('probe')
}
