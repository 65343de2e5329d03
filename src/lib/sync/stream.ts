/**
 * The durable half of stream management: keeps on disk what is needed to resume, and acknowledges only what lies there.
 * Counting is left to xmpp/stream-management.ts.
 *
 * Source: XEP-0198 sections 4 and 5.
 */
import { putMeta, type Writing } from '#storage/database.ts'
import type { StreamRow } from '#storage/schema.ts'
import type { StreamState } from '#xmpp/stream-management.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

export class DurableStream {
  readonly #core: Core
  readonly #wire: Wire
  /** The number the server waits for; null: none. */
  #owed: number | null = null
  /**
   * How far this session lies on the disk; null: unknown. The work of a transaction begins when all before it have been told
   * of, so that one which puts a smaller number is never taken for one with a greater.
   */
  #stored: number | null = null

  constructor(core: Core, wire: Wire) {
    this.#core = core
    this.#wire = wire
  }

  /** A session is over: what it owed is nothing to the next. */
  lost(): void {
    this.#owed = null
    this.#stored = null
  }

  /** What was put with this number has been committed: acknowledging it needs no transaction of its own. */
  stored(handled: number): void {
    this.#stored = handled
  }

  /** Puts what is needed to resume into a transaction. `handled`: with its effects; null: as far as the wire knows. */
  async put(writing: Writing, handled: number | null): Promise<void> {
    const state = this.#wire.state()
    // It counts for nothing that could be resumed.
    if (state === null && handled !== null) return
    await this.replace(writing, state && { ...state, handled: handled ?? state.handled })
  }

  /** null: there is nothing to resume. */
  async replace(writing: Writing, state: StreamState | null): Promise<void> {
    this.#stored = null
    if (state === null) return writing.tx.objectStore('meta').delete('stream')
    const row: StreamRow = { ...state, at: writing.now }
    await putMeta(writing, 'stream', row)
  }

  /**
   * Our presence went out: whoever resumes this session need not tell it again. Nothing else is written with it: what the
   * wire knows of the numbers may be less than is stored.
   */
  async putAnnounced(writing: Writing): Promise<void> {
    const state = this.#wire.state()
    const stored = (await writing.tx.objectStore('meta').get('stream'))?.value as StreamRow | undefined
    if (state?.announced === undefined || stored?.id !== state.id) return
    await putMeta(writing, 'stream', { ...stored, announced: state.announced })
  }

  /** Tells the number once it is stored; what is asked meanwhile goes with the next round. */
  acknowledge(handled: number): void {
    const isRunning = this.#owed !== null
    this.#owed = handled
    if (!isRunning) void this.#acknowledge()
  }

  async #acknowledge(): Promise<void> {
    const { session } = this.#core
    let told: number | null = null
    while (this.#owed !== null && this.#owed !== told) {
      const handled: number = this.#owed
      try {
        // The row may be another session's by now.
        if (handled !== this.#stored)
          await this.#core.write(async (writing) => {
            if (session === this.#core.session) await this.put(writing, handled)
          })
      } catch {
        // Nothing is acknowledged that is not stored; the server asks again.
        break
      }
      if (session !== this.#core.session) return
      if (this.#wire.isOpen) this.#wire.acknowledge(handled)
      told = handled
    }
    if (session === this.#core.session) this.#owed = null
  }
}
