/**
 * Catches up with the account's archive, forward from what is covered, and keeps the coverage true. One page is one
 * transaction together with its coverage. Going back is left to history.ts.
 */
import { failureOf, Failed } from '#model/failure.ts'
import type { IncomingMessage } from '#model/incoming.ts'
import type { Writing } from '#storage/database.ts'
import { readCoverage } from '#storage/read/conversation.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { ascending } from '#storage/write/placing.ts'
import type { CoverageRow, StoredMessageRow } from '#storage/schema.ts'
import type { ArchiveQuery } from '#xmpp/archive.ts'
import type { ArchiveState, ReadPage, Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

const pageSize = 250
/** The newest screens of a new device come first, quickly. */
const firstPageSize = 100
/** ms of quiet after something the archive has not confirmed, before its tail is read. */
const confirmPause = 2_000

export const everything: ArchiveQuery = { with: null, start: null, end: null, after: null, before: null, max: pageSize }

export interface ArchiveListener {
  progress(done: number, total: number | null): void
  /** The tail was read to its end: all that is known to the server is stored. */
  caughtUp(): void
  /** Part of an archived tail is stored: receipts may be due. */
  stored(): void
  applyReceipt(writing: Writing, writer: MessageWriter, message: IncomingMessage): Promise<boolean>
}

export class Archive {
  state: ArchiveState | 'unknown' = 'unknown'
  isCaughtUp = false
  readonly #core: Core
  readonly #wire: Wire
  readonly #listener: ArchiveListener
  #coverage: CoverageRow | null = null
  /** Counts what was stored that the archive has not confirmed; equal to #confirmed: nothing is open. */
  #unconfirmed = 0
  #sessions = 0
  #reading: Promise<void> | null = null
  #cancelConfirm: () => void = () => undefined

  constructor(core: Core, wire: Wire, listener: ArchiveListener) {
    this.#core = core
    this.#wire = wire
    this.#listener = listener
  }

  get coverage(): CoverageRow | null {
    return this.#coverage
  }

  async load(): Promise<void> {
    this.#coverage = await readCoverage(this.#core.account, this.#core.self, '')
  }

  get isKept(): boolean {
    return this.state === 'available' || this.state === 'partial'
  }

  get isFirst(): boolean {
    return this.#coverage === null
  }

  lost(): void {
    this.#sessions++
    this.isCaughtUp = false
    this.#cancelConfirm()
  }

  /** Reads everything after what is covered. `first` runs after the first page: then presence may be announced. */
  async catchUp(first: () => void): Promise<void> {
    await this.#reading?.catch(() => undefined)
    const reading = this.#isFirstOrTail(first)
    this.#reading = reading
    try {
      await reading
    } finally {
      if (this.#reading === reading) this.#reading = null
    }
  }

  async #isFirstOrTail(first: () => void): Promise<void> {
    const session = this.#sessions
    if (!this.isKept) {
      first()
    } else if (this.#coverage === null) {
      await this.#readFirst()
      first()
    } else {
      await this.#readTail(first)
    }
    // The last page may have been written after the session ended: what the next one tells live does not follow on it.
    if (session !== this.#sessions) throw new Failed('connection-lost', 'wait', 'session ended while catching up')
    this.isCaughtUp = true
    this.#listener.caughtUp()
  }

  async #readFirst(): Promise<void> {
    const page = await this.#wire.readArchive({ ...everything, before: '', max: firstPageSize })
    const coverage = (): CoverageRow => ({
      archive: this.#core.self,
      with: '',
      newest: page.last,
      // An empty archive is read from its beginning later: the device's clock may be ahead of what comes.
      newestAt: stampOfLast(page, 0),
      oldest: page.first,
      oldestAt: page.items[0]?.stamp ?? this.#core.serverNow(),
      isBehind: false,
      isComplete: page.isComplete || page.items.length === 0,
    })
    await this.storePage(page, ascending('free'), { isNews: false, readsAll: true, covers: true }, coverage)
  }

  async #readTail(first: () => void): Promise<void> {
    const open = this.#unconfirmed
    let done = 0
    let isFirst = true
    let cursor = this.#coverage?.newest ?? null
    let restart: number | null = cursor === null ? (this.#coverage?.newestAt ?? null) : null
    let isStable = true
    for (;;) {
      let page: ReadPage
      try {
        page = await this.#wire.readArchive({ ...everything, after: cursor, start: restart })
      } catch (error) {
        // The archive forgot where we were (XEP-0313 section 4.3.2): by time then, and the seam stays marked.
        if (failureOf(error).cause !== 'item-not-found' || cursor === null || restart !== null) throw error
        restart = this.#coverage?.newestAt ?? 0
        cursor = null
        continue
      }
      // After a page that may still change, later ones prove nothing either (XEP-0313 section 4.4).
      isStable &&= page.isStable
      await this.#storeTail(page, isFirst ? restart : null, isStable)
      if (isFirst) first()
      isFirst = false
      done += page.items.length
      const total = page.count === null ? null : restart === null || done > 0 ? Math.max(page.count, done) : null
      if (!page.isComplete || done > pageSize) this.#listener.progress(done, page.isComplete ? done : total)
      this.#listener.stored()
      if (page.isComplete || page.last === null || page.items.length === 0) break
      cursor = page.last
    }
    if (isStable) await this.#confirm(open)
  }

  async #storeTail(page: ReadPage, restart: number | null, isStable: boolean): Promise<void> {
    const known = this.#coverage
    if (known === null) return
    const coverage = (row: CoverageRow): CoverageRow => {
      // Live messages must not move on over what has to be read again.
      if (!isStable) return { ...row, isBehind: true }
      return page.last === null ? row : { ...row, newest: page.last, newestAt: stampOfLast(page, row.newestAt) }
    }
    const seam = restart !== null && known.newest !== null && page.items.length > 0 ? page : null
    await this.storePage(
      page,
      // What was empty is continued, not begun again.
      ascending(restart === null || known.newest === null ? 'forward' : 'free'),
      { isNews: true, readsAll: false, covers: isStable },
      coverage,
      async (writing) => {
        if (seam === null) return
        await writing.tx.objectStore('gap').add({
          archive: known.archive,
          after: known.newest,
          before: seam.first,
          afterAt: known.newestAt,
          beforeAt: seam.items[0]?.stamp ?? known.newestAt,
        })
        writing.changes.push({ kind: 'coverage' })
      },
    )
  }

  /** Nothing more is open, unless something was stored meanwhile that this reading cannot have seen. */
  async #confirm(open: number): Promise<void> {
    const known = this.#coverage
    if (known === null || !known.isBehind) return
    if (open !== this.#unconfirmed) return this.confirmSoon()
    await this.#core.write(async (writing) => {
      // Asked inside the transaction: nothing can have been stored between the question and the answer.
      const isOpen = open !== this.#unconfirmed || (await isOnWire(writing))
      if (!isOpen) await this.#changeCoverage(writing, (row) => ({ ...row, isBehind: false }))
    })
    await this.load()
  }

  /** Coverage is read and put inside one transaction: live messages and pages may both move it. */
  async #changeCoverage(writing: Writing, change: (known: CoverageRow) => CoverageRow): Promise<CoverageRow> {
    const store = writing.tx.objectStore('coverage')
    const known = await store.get([this.#core.self, ''])
    const coverage = change(known ?? emptyCoverage(this.#core.self))
    await store.put(coverage)
    return coverage
  }

  /** One page, its coverage and what belongs to it, in one transaction. */
  async storePage(
    page: ReadPage,
    order: ReturnType<typeof ascending>,
    how: { isNews: boolean; readsAll: boolean; covers: boolean },
    coverage: (known: CoverageRow) => CoverageRow,
    more: (writing: Writing) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      for (const item of page.items) {
        if (item.message === null) continue
        if (await this.#listener.applyReceipt(writing, writer, item.message)) continue
        const row = await writer.store(item.message, { kind: 'page', order, isNews: how.isNews, covers: how.covers })
        if (how.readsAll) writer.readTo(await writer.conversation(item.message.peer), row)
      }
      await writer.finish()
      await this.#changeCoverage(writing, coverage)
      await more(writing)
    })
    await this.load()
  }

  /**
   * A live message continues covered ground, or opens what the archive must confirm. Called inside the receiving transaction;
   * the result is run after its commit.
   */
  async followLive(
    writing: Writing,
    writer: MessageWriter,
    message: IncomingMessage,
    row: StoredMessageRow,
  ): Promise<(() => void) | null> {
    const known = await writing.tx.objectStore('coverage').get([this.#core.self, ''])
    if (!known || !this.isKept) return null
    if (message.archiveId === null) return this.openGround(writing)
    if (!this.isCaughtUp || known.isBehind || row.archiveId !== message.archiveId) return null
    // Servers deliver some things twice: an old copy must not take the covered end back.
    if (!(await writer.coverLive(row))) return null
    const newestAt = Math.max(known.newestAt, row.at)
    const coverage = await this.#changeCoverage(writing, (before) => ({
      ...before,
      newest: message.archiveId,
      newestAt,
    }))
    return () => {
      this.#coverage = coverage
    }
  }

  /** Something was stored that the archive has and we cannot name: its tail must be read before coverage moves on. */
  async openGround(writing: Writing): Promise<() => void> {
    const known = await writing.tx.objectStore('coverage').get([this.#core.self, ''])
    if (!known || !this.isKept) return () => undefined
    const coverage = known.isBehind ? known : await this.#changeCoverage(writing, (row) => ({ ...row, isBehind: true }))
    this.#unconfirmed++
    return () => {
      this.#coverage = coverage
      this.confirmSoon()
    }
  }

  /** Reads the tail once it has been quiet for a while. */
  confirmSoon(): void {
    this.#cancelConfirm()
    this.#cancelConfirm = this.#core.clock.after(confirmPause, () => {
      if (!this.isCaughtUp || !this.#wire.isOpen || this.#coverage === null) return
      const reading = (this.#reading ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => this.#readTail(() => undefined))
      this.#reading = reading
      // A lost connection is the usual reason; the next session reads the tail anyway.
      reading.catch(() => undefined)
    })
  }
}

/** Something of ours is on the wire: the archive may hold it, or will. */
async function isOnWire(writing: Writing): Promise<boolean> {
  const rows = await writing.tx.objectStore('outbox').getAll()
  return rows.some((row) => row.state === 'sending' || row.state === 'reconcile')
}

function emptyCoverage(archive: CoverageRow['archive']): CoverageRow {
  return { archive, with: '', newest: null, newestAt: 0, oldest: null, oldestAt: 0, isBehind: false, isComplete: false }
}

function stampOfLast(page: ReadPage, fallback: number): number {
  return page.items.at(-1)?.stamp ?? fallback
}
