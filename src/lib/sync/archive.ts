/**
 * Catches up with the account's archive, forward from what is covered, and reads its tail again whenever something came by
 * another way. Only pages move the coverage, each in the transaction that stores it. Going back is left to history.ts.
 */
import { failureOf, Failed } from '#model/failure.ts'
import type { Writing } from '#storage/database.ts'
import { readCoverage } from '#storage/read/conversation.ts'
import { ascending } from '#storage/write/placing.ts'
import type { CoverageRow } from '#storage/schema.ts'
import type { ArchiveQuery } from '#xmpp/archive.ts'
import type { ArchiveState, ReadPage, Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'
import { Latecomers } from './latecomers.ts'
import { Among, messagesOf, storePage, type ApplyMarks, type PageWriting } from './page.ts'
import { longestWait, Quiet, quiet } from './quiet.ts'
import { Tally } from './tally.ts'

const pageSize = 250
/** The newest screens of a new device come first, quickly. */
const firstPageSize = 100
export const everything: ArchiveQuery = { with: null, start: null, end: null, after: null, before: null, max: pageSize }

const stampOfLast = (page: ReadPage, fallback: number): number => page.items.at(-1)?.stamp ?? fallback

export interface ArchiveListener {
  progress(done: number, total: number | null): void
  /** The tail was read to its end: all that is known to the server is stored. */
  caughtUp(): void
  /** Part of an archived tail is stored: receipts may be due. */
  stored(): void
  /** More of the tail is to come: what is wanted sooner may be read first. @throws Failed */
  between(): Promise<void>
  readonly applyMarks: ApplyMarks
}

export class Archive {
  state: ArchiveState | 'unknown' = 'unknown'
  readonly #core: Core
  readonly #wire: Wire
  readonly #listener: ArchiveListener
  #coverage: CoverageRow | null = null
  #isCaughtUp = false
  readonly #tally = new Tally()
  readonly #quiet: Quiet
  /** Stamp of the end of what was covered when the last reading began; where its ends are owed another look, of that one. */
  #began = 0
  #isOwed = false
  readonly #latecomers: Latecomers
  #cancelLate: () => void = () => undefined
  #reading: Promise<void> | null = null

  constructor(core: Core, wire: Wire, listener: ArchiveListener) {
    this.#core = core
    this.#wire = wire
    this.#listener = listener
    this.#latecomers = new Latecomers(core.clock)
    this.#quiet = new Quiet(core.clock, () => this.#readQuietly())
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

  lost(): void {
    this.#isCaughtUp = false
    this.#quiet.lost()
    this.#cancelLate()
  }

  /** Writing works again: a page that could not be stored is asked for again. */
  recovered(): void {
    if (this.#quiet.isAsked) this.readSoon(quiet.unplaced)
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
    const { session } = this.#core
    if (!this.#isOwed) this.#began = this.#coverage?.newestAt ?? 0
    if (!this.isKept) first()
    else if (this.#coverage === null) {
      await this.#readFirst()
      first()
    } else await this.#readTail(first)
    // The last page may have been written after the session ended: what the next one tells live does not follow on it.
    if (session !== this.#core.session) throw new Failed('connection-lost', 'wait', 'session ended while catching up')
    this.#isCaughtUp = true
    this.#tally.end()
    this.#listener.caughtUp()
    this.#readAgain()
    this.#quiet.wait()
    this.#waitForLate()
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
      isComplete: page.isComplete || page.items.length === 0,
    })
    await this.storePage(page, () => ascending('free'), { readsAll: true, covers: true }, coverage)
  }

  async #readTail(first: () => void): Promise<void> {
    this.#quiet.done()
    let done = 0
    let isFirst = true
    let cursor = this.#coverage?.newest ?? null
    let restart: number | null = cursor === null ? (this.#coverage?.newestAt ?? null) : null
    let isStable = true
    let ahead: Promise<ReadPage> | null = null
    for (;;) {
      let page: ReadPage
      try {
        page = await (ahead ?? this.#wire.readArchive({ ...everything, after: cursor, start: restart }))
      } catch (error) {
        ahead = null
        // The archive forgot where we were (XEP-0313 section 4.3.2): by time then, and the seam stays marked.
        if (failureOf(error).cause !== 'item-not-found' || cursor === null || restart !== null) throw error
        restart = this.#coverage?.newestAt ?? 0
        cursor = null
        continue
      }
      // After a page that may still change, later ones prove nothing either (XEP-0313 section 4.4).
      isStable &&= page.isStable
      const goesOn = !page.isComplete && page.last !== null && page.items.length > 0
      // The server reads on while this page is stored; behind the first one, what is wanted sooner is asked for before.
      ahead = goesOn && !isFirst ? this.#wire.readArchive({ ...everything, after: page.last, start: restart }) : null
      ahead?.catch(() => undefined)
      await this.#storeTail(page, isFirst ? restart : null, isStable)
      if (isFirst) first()
      isFirst = false
      done += page.items.length
      if (!this.#isCaughtUp) {
        const told = this.#tally.page(page.items.length, page.count)
        if (goesOn || done > pageSize) this.#listener.progress(...told)
      }
      this.#listener.stored()
      if (!goesOn) break
      cursor = page.last
      if (!this.#isCaughtUp) await this.#listener.between()
    }
  }

  async #storeTail(page: ReadPage, restart: number | null, isStable: boolean): Promise<void> {
    const known = this.#coverage
    if (known === null) return
    const coverage = (row: CoverageRow): CoverageRow =>
      !isStable || page.last === null ? row : { ...row, newest: page.last, newestAt: stampOfLast(page, row.newestAt) }
    const seam = restart !== null && known.newest !== null && page.items.length > 0 ? page : null
    await this.storePage(
      page,
      // What was empty is continued, not begun again.
      () => ascending(restart === null || known.newest === null ? 'forward' : 'free'),
      { isNews: true, covers: isStable },
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

  /** One page, its coverage and what belongs to it, in one transaction. */
  async storePage(
    page: ReadPage,
    order: PageWriting['order'],
    how: Pick<PageWriting, 'isNews' | 'readsAll' | 'covers'>,
    coverage: (known: CoverageRow) => CoverageRow,
    more: (writing: Writing) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    await storePage(this.#core, {
      ...how,
      messages: messagesOf(page),
      order,
      applyMarks: this.#listener.applyMarks,
      end: async (writing) => {
        const store = writing.tx.objectStore('coverage')
        await store.put(coverage((await store.get([this.#core.self, ''])) ?? emptyCoverage(this.#core.self)))
        await more(writing)
      },
    })
    await this.load()
  }

  /**
   * Our presence goes out: once all is read, in whatever session, both ends are read again. What came between the last page
   * and it was told to nobody but the archive; what stands behind the pages by now was told to a session that is lost.
   */
  announced(): void {
    this.#isOwed = true
  }

  #readAgain(): void {
    if (!this.isKept) return
    // A session that goes on with its presence may have passed over what a hung one stores late.
    this.#latecomers.inherit(this.#began, this.#isOwed ? this.#began : null)
    if (!this.#isOwed) return
    this.#isOwed = false
    this.#latecomers.expect(this.#began, this.#coverage?.newestAt ?? 0)
    this.readSoon(0)
  }

  #waitForLate(): void {
    this.#cancelLate()
    const { wait } = this.#latecomers
    // The next reading of the tail looks for them too, and comes back here.
    if (this.#quiet.isAsked || wait === null) return
    this.#cancelLate = this.#core.clock.after(wait, () => this.readSoon(0))
  }

  async #readLate(): Promise<void> {
    await this.#latecomers.look((start, end) => this.#readWindow(start, end))
    this.#waitForLate()
  }

  /** What is covered, once more. */
  async #readWindow(start: number, stop: number | null): Promise<void> {
    const { oldest, oldestAt, newestAt } = this.#coverage ?? emptyCoverage(this.#core.self)
    const end = stop ?? newestAt
    // Before the oldest begins what is read only when somebody looks back.
    if (oldest !== null && oldestAt > end) return
    // Some archives look for `after` only between start and end (Prosody), and would not find what lies before.
    let after = oldestAt >= start ? oldest : null
    const among = new Among()
    for (;;) {
      let page: ReadPage
      try {
        page = await this.#wire.readArchive({ ...everything, start, end, after })
      } catch (error) {
        // The archive has forgotten it meanwhile: nothing can be told from its pages any more.
        if (failureOf(error).cause !== 'item-not-found') throw error
        return
      }
      await this.storePage(page, among.order(messagesOf(page)), { isNews: true }, (known) => known)
      if (page.isComplete || page.last === null || page.items.length === 0) return
      after = page.last
    }
  }

  /**
   * Something was stored, or put on the wire, that no page has told: the archive holds it, and may hold what nobody sent us
   * beside it. Its tail is read after `pause` ms of quiet.
   */
  readSoon(pause: number): void {
    if (!this.isKept) return
    this.#quiet.ask(pause)
    // Until then the session reads the tail anyway.
    if (this.#isCaughtUp) this.#quiet.wait()
  }

  #readQuietly(): void {
    // Whatever fails now waits anew: with the pause it had before, it would be tried without end in one instant.
    this.#quiet.done()
    const reading = (this.#reading ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => this.#readTail(() => undefined))
      // Behind what nobody has told us: there may be much to look through.
      .then(() => this.#readLate())
    this.#reading = reading
    // A lost connection is the usual reason, and the next session reads the tail; anything else is tried again.
    reading.catch(() => this.readSoon(longestWait))
  }
}

function emptyCoverage(archive: CoverageRow['archive']): CoverageRow {
  return { archive, with: '', newest: null, newestAt: 0, oldest: null, oldestAt: 0, isComplete: false }
}
