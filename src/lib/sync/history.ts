/**
 * Goes back in the archive as far as somebody looks: older messages of a conversation, and marked seams. Coverage of the
 * whole archive is left to archive.ts, the last lines of contacts on a new device to survey.ts.
 */
import { failureOf, Failed } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import type { ConversationId, LocalId } from '#model/message.ts'
import { readConversation, readCoverage } from '#storage/read/conversation.ts'
import { readOldestNamed } from '#storage/read/message.ts'
import type { CoverageRow, StoredMessageRow } from '#storage/schema.ts'
import { descending } from '#storage/write/placing.ts'
import { readTo } from '#storage/write/reading.ts'
import type { ArchiveQuery } from '#xmpp/archive.ts'
import type { ReadPage, Wire } from '#xmpp/wire.ts'
import { everything, type Archive } from './archive.ts'
import type { Core } from './core.ts'
import { Among, messagesOf, storePage, type ApplyMarks } from './page.ts'

const pageSize = 50
/** ms around a place in which its message lies in the archive: servers stamp in whole seconds, and places are moved by rank first. */
const mendSpan = 10_000

export interface Fetched {
  readonly added: number
  readonly isComplete: boolean
}

export class History {
  readonly #core: Core
  readonly #wire: Wire
  readonly #archive: Archive
  readonly #applyMarks: ApplyMarks
  readonly #broken = new Set<LocalId>()
  #mending: Promise<void> | null = null

  constructor(core: Core, wire: Wire, archive: Archive, applyMarks: ApplyMarks) {
    this.#core = core
    this.#wire = wire
    this.#archive = archive
    this.#applyMarks = applyMarks
  }

  /** Older messages of one conversation. @throws Failed */
  async readOlder(id: ConversationId): Promise<Fetched> {
    const conversation = await readConversation(this.#core.account, id)
    if (conversation === null) return { added: 0, isComplete: true }
    const { state } = this.#archive
    if (state === 'none' || state === 'off') return { added: 0, isComplete: true }
    // Not asked yet is not the beginning of the conversation.
    if (!this.#wire.isOpen || state === 'unknown') throw new Failed('offline', 'wait', 'no session')
    const known = await readCoverage(this.#core.account, this.#core.self, conversation.jid)
    if (known?.isComplete === true || (known === null && this.#archive.coverage?.isComplete === true))
      return { added: 0, isComplete: true }
    // From what pages have covered, not from what is stored: a message of ours may be older, with a hole behind it.
    const covered = known ?? this.#archive.coverage
    const oldestAt = covered?.oldestAt ?? this.#core.serverNow()
    const oldest = await readOldestNamed(this.#core.account, id, oldestAt)
    const end = oldestAt + 1_000
    const before = covered?.oldest ?? null
    const query: ArchiveQuery = {
      ...everything,
      with: conversation.jid,
      max: pageSize,
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

  async #storeOlder(
    jid: BareJid,
    id: ConversationId,
    page: ReadPage,
    oldest: StoredMessageRow | null,
    coverage: CoverageRow,
  ): Promise<number> {
    return storePage(this.#core, {
      messages: messagesOf(page, jid).reverse(),
      order: () => descending(new Map(oldest ? [[id, { at: oldest.at, rank: oldest.rank }]] : [])),
      applyMarks: this.#applyMarks,
      end: async (writing, writer, [newest]) => {
        const touched = await writer.conversationById(id)
        // What was said before this device knew the conversation is history, not news.
        if (touched && newest && touched.row.read === null) readTo(touched, newest)
        await writing.tx.objectStore('coverage').put(coverage)
        writing.changes.push({ kind: 'coverage' })
      },
    })
  }

  /** A message whose row is not whole; `mend` looks for it. */
  noteBroken(localId: LocalId): void {
    this.#broken.add(localId)
  }

  /** Looks for all that is broken, where the archive can be asked now; one run at a time. @throws Failed */
  mend(): Promise<void> {
    this.#mending ??= this.#mendAll()
    return this.#mending
  }

  async #mendAll(): Promise<void> {
    // The next task is begun after this one is known as the one that runs.
    await Promise.resolve()
    let refusal: unknown = null
    try {
      for (const localId of this.#broken) {
        // Not asked yet is not "no archive": each session mends once it knows.
        if (!this.#wire.isOpen || this.#archive.state === 'unknown') return
        try {
          await this.#mend(localId)
          this.#broken.delete(localId)
        } catch (error) {
          // What waits for the network waits with all the others; what is refused holds up none.
          if (failureOf(error).remedy === 'wait') throw error
          refusal ??= error
        }
      }
      if (refusal !== null) throw refusal
    } finally {
      this.#mending = null
    }
  }

  /** Reads what the archive has of the moment of its place. */
  async #mend(localId: LocalId): Promise<void> {
    const row = await this.#core.account.db.get('message', localId)
    const conversation = row && (await readConversation(this.#core.account, row.conversation))
    if (!row?.place || !conversation || !this.#archive.isKept) return
    const [, , at] = row.place
    const span = { start: at - mendSpan, end: at + mendSpan }
    const page = await this.#wire.readArchive({ ...everything, ...span, with: conversation.jid })
    const messages = messagesOf(page, conversation.jid)
    await storePage(this.#core, {
      messages,
      order: new Among().order(messages),
      applyMarks: this.#applyMarks,
    })
  }

  /** Reads a marked seam once more; it goes where the archive proves that nothing is missing. @throws Failed */
  async fillGap(gapId: number): Promise<Fetched> {
    const gap = await this.#core.account.db.get('gap', gapId)
    if (!gap) return { added: 0, isComplete: true }
    const among = new Among()
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
      await this.#archive.storePage(
        page,
        among.order(messagesOf(page)),
        { covers: true },
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
}
