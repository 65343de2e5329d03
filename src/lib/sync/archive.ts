/**
 * Reads the account's archive: catches up forward from what is covered, goes back as far as somebody looks, and keeps the
 * coverage true. One page is one transaction together with its coverage.
 */
import { failureOf, Failed } from '#model/failure.ts'
import type { IncomingMessage } from '#model/incoming.ts'
import type { ConversationId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import { readContacts } from '#storage/read/roster.ts'
import { readConversation, readConversationWith, readCoverage } from '#storage/read/conversation.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { ascending, descending } from '#storage/write/placing.ts'
import type { CoverageRow, StoredMessageRow } from '#storage/schema.ts'
import type { ArchiveQuery } from '#xmpp/archive.ts'
import type { ArchiveState, ReadPage, Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

const pageSize = 250
/** The newest screens of a new device come first, quickly. */
const firstPageSize = 100
const olderPageSize = 50
/** ms of quiet after something the archive has not confirmed, before its tail is read. */
const confirmPause = 2_000

const everything: ArchiveQuery = { with: null, start: null, end: null, after: null, before: null, max: pageSize }

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
  #reading: Promise<void> | null = null
  #cancelConfirm: () => void = () => undefined

  constructor(core: Core, wire: Wire, listener: ArchiveListener) {
    this.#core = core
    this.#wire = wire
    this.#listener = listener
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
    if (!this.isKept) {
      first()
    } else if (this.#coverage === null) {
      await this.#readFirst()
      first()
    } else {
      await this.#readTail(first)
    }
    this.isCaughtUp = true
    this.#listener.caughtUp()
  }

  async #readFirst(): Promise<void> {
    const page = await this.#wire.readArchive({ ...everything, before: '', max: firstPageSize })
    const coverage = (): CoverageRow => ({
      archive: this.#core.self,
      with: '',
      newest: page.last,
      newestAt: stampOfLast(page, this.#core.serverNow()),
      oldest: page.first,
      oldestAt: page.items[0]?.stamp ?? this.#core.serverNow(),
      isBehind: false,
      isComplete: page.isComplete || page.items.length === 0,
    })
    await this.#storePage(page, ascending('free'), { isNews: false, readsAll: true }, coverage)
  }

  async #readTail(first: () => void): Promise<void> {
    const open = this.#unconfirmed
    let done = 0
    let isFirst = true
    let cursor = this.#coverage?.newest ?? null
    let restart: number | null = cursor === null ? (this.#coverage?.newestAt ?? null) : null
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
      await this.#storeTail(page, restart)
      if (isFirst) first()
      isFirst = false
      done += page.items.length
      const total = page.count === null ? null : restart === null || done > 0 ? Math.max(page.count, done) : null
      if (!page.isComplete || done > pageSize) this.#listener.progress(done, page.isComplete ? done : total)
      this.#listener.stored()
      if (page.isComplete || page.last === null || page.items.length === 0) break
      cursor = page.last
    }
    await this.#confirm(open)
  }

  async #storeTail(page: ReadPage, restart: number | null): Promise<void> {
    const known = this.#coverage
    if (known === null) return
    const isMoved = page.isStable && page.last !== null
    const coverage = (row: CoverageRow): CoverageRow =>
      isMoved ? { ...row, newest: page.last, newestAt: stampOfLast(page, row.newestAt) } : row
    const seam = restart !== null && known.newest !== null && page.items.length > 0 ? page : null
    await this.#storePage(
      page,
      ascending(restart === null ? 'forward' : 'free'),
      { isNews: true, readsAll: false },
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

  async #storePage(
    page: ReadPage,
    order: ReturnType<typeof ascending>,
    how: { isNews: boolean; readsAll: boolean },
    coverage: (known: CoverageRow) => CoverageRow,
    more: (writing: Writing) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      for (const item of page.items) {
        if (item.message === null) continue
        if (await this.#listener.applyReceipt(writing, writer, item.message)) continue
        const row = await writer.store(item.message, { kind: 'page', order, isNews: how.isNews, covers: true })
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
    await writer.coverLive(row)
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

  /** Older messages of one conversation. @throws Failed */
  async readOlder(id: ConversationId): Promise<{ added: number; isComplete: boolean }> {
    const conversation = await readConversation(this.#core.account, id)
    if (conversation === null) return { added: 0, isComplete: true }
    if (!this.isKept) return { added: 0, isComplete: true }
    if (!this.#wire.isOpen) throw new Failed('offline', 'wait', 'no session')
    const known = await readCoverage(this.#core.account, this.#core.self, conversation.jid)
    if (known?.isComplete === true || (known === null && this.#coverage?.isComplete === true))
      return { added: 0, isComplete: true }
    const oldest = await this.#oldest(id)
    const end = (oldest?.at ?? known?.oldestAt ?? this.#coverage?.oldestAt ?? this.#core.serverNow()) + 1_000
    const before = known?.oldest ?? oldest?.archiveId ?? null
    const query: ArchiveQuery = {
      ...everything,
      with: conversation.jid,
      max: olderPageSize,
      before: before ?? '',
      end: before === null ? end : null,
    }
    const page = await this.#readOlderPage(query, end)
    const isComplete = page.isComplete || page.items.length === 0
    const added = await this.#storeOlder(conversation.jid, id, page, oldest, {
      archive: this.#core.self,
      with: conversation.jid,
      newest: null,
      newestAt: 0,
      oldest: page.first ?? known?.oldest ?? null,
      oldestAt: page.items[0]?.stamp ?? known?.oldestAt ?? end,
      isBehind: false,
      isComplete,
    })
    return { added, isComplete }
  }

  async #readOlderPage(query: ArchiveQuery, end: number): Promise<ReadPage> {
    try {
      return await this.#wire.readArchive(query)
    } catch (error) {
      if (failureOf(error).cause !== 'item-not-found' || query.before === '') throw error
      return this.#wire.readArchive({ ...query, before: '', end })
    }
  }

  async #oldest(id: ConversationId): Promise<StoredMessageRow | null> {
    const rows = await this.#core.account.db.getAllFromIndex(
      'message',
      'timeline',
      IDBKeyRange.bound([id, 0], [id, 0, []]),
      1,
    )
    return (rows[0] as StoredMessageRow | undefined) ?? null
  }

  async #storeOlder(
    jid: CoverageRow['with'],
    id: ConversationId,
    page: ReadPage,
    oldest: StoredMessageRow | null,
    coverage: CoverageRow,
  ): Promise<number> {
    let added = 0
    await this.#core.write(async (writing) => {
      added = 0
      const writer = new MessageWriter(writing)
      const order = descending(new Map(oldest ? [[id, { at: oldest.at, rank: oldest.rank }]] : []))
      let newest: StoredMessageRow | null = null
      for (const item of [...page.items].reverse()) {
        if (item.message === null || item.message.peer !== jid) continue
        if (await this.#listener.applyReceipt(writing, writer, item.message)) continue
        const row = await writer.store(item.message, { kind: 'page', order, isNews: false, covers: false })
        newest ??= row
        added++
      }
      const touched = await writer.conversationById(id)
      // What was said before this device knew the conversation is history, not news.
      if (touched && newest && touched.row.read === null) writer.readTo(touched, newest)
      await writer.finish()
      await writing.tx.objectStore('coverage').put(coverage)
      writing.changes.push({ kind: 'coverage' })
    })
    return added
  }

  /** Reads a marked seam once more; it goes where the archive proves that nothing is missing. @throws Failed */
  async fillGap(gapId: number): Promise<{ added: number; isComplete: boolean }> {
    const gap = await this.#core.account.db.get('gap', gapId)
    if (!gap) return { added: 0, isComplete: true }
    let after: string | null = null
    let added = 0
    for (;;) {
      const page: ReadPage = await this.#wire.readArchive({
        ...everything,
        start: gap.afterAt,
        end: gap.beforeAt,
        after,
      })
      const isComplete = page.isComplete || page.items.length === 0
      await this.#storePage(
        page,
        ascending('free'),
        { isNews: false, readsAll: false },
        (known) => known,
        async (writing) => {
          if (!isComplete || !page.isStable) return
          await writing.tx.objectStore('gap').delete(gapId)
          writing.changes.push({ kind: 'coverage' })
        },
      )
      added += page.items.length
      if (isComplete) return { added, isComplete }
      after = page.last
    }
  }

  /** On a new device: the last lines of contacts that the newest page did not show. Best effort, contact by contact. */
  async survey(): Promise<void> {
    if (!this.isKept || this.#coverage?.isComplete === true) return
    for (const contact of await readContacts(this.#core.account)) {
      if (!this.#wire.isOpen) return
      if (await readConversationWith(this.#core.account, contact.jid)) continue
      const page = await this.#wire.readArchive({ ...everything, with: contact.jid, before: '', max: 20 })
      if (page.items.length === 0) continue
      await this.#storeSurvey(contact.jid, page)
    }
  }

  async #storeSurvey(jid: CoverageRow['with'], page: ReadPage): Promise<void> {
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const order = ascending('free')
      for (const item of page.items) {
        if (item.message === null || item.message.peer !== jid) continue
        if (await this.#listener.applyReceipt(writing, writer, item.message)) continue
        const row = await writer.store(item.message, { kind: 'page', order, isNews: false, covers: false })
        writer.readTo(await writer.conversation(item.message.peer), row)
      }
      await writer.finish()
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
