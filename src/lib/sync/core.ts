/**
 * What all parts of the engine share: the account's database under our epoch, time, and who is told after a commit.
 * A failed write becomes a mode that everyone can see, never a lost exception.
 */
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { write, type AccountDatabase, type Writing } from '#storage/database.ts'

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
  /** Server time minus client time in ms, as far as the server told. */
  clockOffset = 0
  readonly #epoch: number
  readonly #listener: CoreListener
  #isFailing = false
  #session = 0

  constructor(account: AccountDatabase, self: BareJid, epoch: number, clock: Clock, listener: CoreListener) {
    this.account = account
    this.self = self
    this.clock = clock
    this.#epoch = epoch
    this.#listener = listener
  }

  /** The server's time as we know it, ms since the epoch. */
  serverNow(): number {
    return Math.round(this.clock.now() + this.clockOffset)
  }

  /** Which session with the server this is: what was begun in another one says nothing of it, and is not sent on it. */
  get session(): number {
    return this.#session
  }

  /** The connection ended, however; called by lead.ts alone, before anybody else hears of it. */
  endSession(): void {
    this.#session++
  }

  /** One transaction; its changes are announced after the commit. @throws Failed when nothing was written */
  async write(work: (writing: Writing) => Promise<void>): Promise<readonly Change[]> {
    try {
      const changes = await write(this.account, this.#epoch, this.clock.now(), work)
      if (this.#isFailing) {
        this.#isFailing = false
        this.#listener.storage(null)
      }
      if (changes.length > 0) this.#listener.changed(changes)
      return changes
    } catch (error) {
      const failure = failureOf(error)
      if (failure.what === 'epoch-lost') this.#listener.deposed()
      else if (failure.what.startsWith('storage-')) {
        this.#isFailing = true
        this.#listener.storage(failure)
      }
      throw error instanceof Failed ? error : new Failed(failure.what, failure.remedy, failure.cause)
    }
  }
}
