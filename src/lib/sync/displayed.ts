/**
 * Keeps our devices at the same read position, through a node of our own account: takes from it what another device has
 * read, and puts there what was read here, also without a network, once the archive has named it.
 * What is kept where is left to xmpp/displayed.ts, the position itself to storage/write/reading.ts.
 */
import { failureOf } from '#model/failure.ts'
import type { Displayed } from '#model/incoming.ts'
import { comparePlaces, type ConversationId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import type { StoredMessageRow } from '#storage/schema.ts'
import { putConversation, readConversationRow } from '#storage/write/conversation.ts'
import { MessageWriter } from '#storage/write/message.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Archive } from './archive.ts'
import { quiet } from './quiet.ts'
import type { Core } from './core.ts'

const batchSize = 50
/**
 * ms between two rounds: who reads along a lively conversation tells of it now and then. Doubled by each failure, up to the
 * longest.
 */
const rests = { usual: 1_000, longest: 300_000 } as const

export class DisplayedNode {
  readonly #core: Core
  readonly #wire: Wire
  readonly #archive: Archive
  /**
   * Conversations whose position the node may not have yet. True: ours goes over one that is not known here, because it was
   * read later, or because the archive has told all it has; each would undo the other's for ever otherwise.
   */
  readonly #due = new Map<ConversationId, boolean>()
  #isKept = false
  #isReady = false
  #isRunning = false
  #isResting = false
  #cancelRest: () => void = () => undefined
  /** In a row. */
  #failures = 0

  constructor(core: Core, wire: Wire, archive: Archive) {
    this.#core = core
    this.#wire = wire
    this.#archive = archive
  }

  /** Whether the account can keep it, as its server says. */
  discovered(isKept: boolean): void {
    this.#isKept = isKept
  }

  lost(): void {
    this.#isReady = false
    this.#isResting = false
    this.#failures = 0
    this.#cancelRest()
    // The next session reads all there is, and then knows.
    for (const [id, goesOver] of this.#due) if (!goesOver) this.#due.delete(id)
  }

  /** The archive is read to its end. `isTold`: what others published while we were away came by itself. @throws Failed */
  async caughtUp(isTold: boolean): Promise<void> {
    if (!this.#isKept) return
    const { session } = this.#core
    if (!isTold) await this.#refresh()
    if (session !== this.#core.session) return
    const all = await this.#core.account.db.getAllKeys('conversation')
    for (const id of all) if (!this.#due.has(id)) this.#due.set(id, true)
    this.#isReady = true
    this.drain()
  }

  async #refresh(): Promise<void> {
    let all: readonly Displayed[]
    try {
      all = await this.#wire.readDisplayed()
    } catch (error) {
      if (failureOf(error).remedy === 'wait') throw error
      // It can be done without: each device then knows only what it saw itself.
      this.#isKept = false
      return
    }
    for (let at = 0; at < all.length; at += batchSize) {
      await this.#core.write(async (writing) => {
        const writer = new MessageWriter(writing)
        await this.#note(writing, writer, all.slice(at, at + batchSize))
        await writer.finish()
      })
    }
  }

  /** Another device has read so far, just now. */
  async apply(writing: Writing, writer: MessageWriter, all: readonly Displayed[]): Promise<void> {
    for (const { id, isHere } of await this.#note(writing, writer, all)) {
      if (isHere) this.#due.set(id, this.#due.get(id) ?? false)
      else {
        // Newer than all that is here, as far as we know: it was said to the other device alone.
        this.#due.set(id, false)
        this.#archive.readSoon(quiet.unplaced)
      }
    }
  }

  /** What is not here yet counts as soon as it is (storage/write/message.ts). */
  async #note(
    writing: Writing,
    writer: MessageWriter,
    all: readonly Displayed[],
  ): Promise<{ readonly id: ConversationId; readonly isHere: boolean }[]> {
    const noted = []
    for (const { peer, archiveId } of all) {
      const known = await writing.tx.objectStore('conversation').index('jid').get(peer)
      const touched = known ? await writer.conversationById(known.id) : null
      if (!touched) continue
      const { id } = touched.row
      touched.row.displayed = archiveId
      const row = await writing.tx.objectStore('message').index('archive').get([this.#core.self, archiveId])
      const isHere = row?.conversation === id
      if (isHere) await writer.seeTo(touched, row as StoredMessageRow)
      noted.push({ id, isHere })
    }
    return noted
  }

  /** Something more was read here. */
  read(id: ConversationId): void {
    this.#due.set(id, true)
    this.drain()
  }

  /** Tells what the node lacks, where the archive has a name for it. */
  drain(): void {
    if (!this.#isReady || this.#isRunning || this.#isResting || this.#due.size === 0) return
    this.#isRunning = true
    this.#run()
      .catch((error: unknown) => {
        // A lost connection leaves it due; whoever may not write there would be refused again.
        if (this.#wire.isOpen && failureOf(error).remedy !== 'wait') this.#isReady = false
        this.#failures++
        this.#rest()
      })
      .finally(() => {
        this.#isRunning = false
      })
  }

  async #run(): Promise<void> {
    for (const [id, goesOver] of [...this.#due]) {
      if (!this.#isReady) return
      this.#due.delete(id)
      const owed = await this.#owed(id, goesOver)
      if (owed === null) continue
      // What came meanwhile stands.
      if (owed === 'later') this.#due.set(id, this.#due.get(id) ?? goesOver)
      else await this.#publish(id, goesOver, owed)
    }
  }

  async #publish(id: ConversationId, goesOver: boolean, { before, displayed }: Owed): Promise<void> {
    this.#rest()
    try {
      await this.#wire.publishDisplayed(displayed)
    } catch (error) {
      this.#due.set(id, this.#due.get(id) ?? goesOver)
      throw error
    }
    this.#failures = 0
    await this.#core.write(async (writing) => {
      const row = await readConversationRow(writing, id)
      // Where another device has told something meanwhile, that is what is known of the node.
      if (row && (row.displayed ?? null) === before)
        await putConversation(writing, { ...row, displayed: displayed.archiveId })
    })
  }

  #rest(): void {
    if (!this.#isReady) return
    this.#cancelRest()
    this.#isResting = true
    this.#cancelRest = this.#core.clock.after(Math.min(rests.longest, rests.usual * 2 ** this.#failures), () => {
      this.#isResting = false
      this.drain()
    })
  }

  /** null: the node has it, or something newer; `later`: the archive has not told yet where one of them stands. */
  async #owed(id: ConversationId, goesOver: boolean): Promise<Owed | 'later' | null> {
    const { db } = this.#core.account
    const conversation = await db.get('conversation', id)
    const seen = conversation?.seen
    if (!conversation || !seen) return null
    const row = await db.get('message', seen.localId)
    if (!row) return null
    const unknown = this.#archive.isKept ? 'later' : null
    if (row.archiveId === null) return unknown
    const { displayed: before = null, jid } = conversation
    if (before === row.archiveId) return null
    const told = before === null ? undefined : await db.getFromIndex('message', 'archive', [this.#core.self, before])
    const isHere = told?.conversation === id
    if (isHere && comparePlaces(told, seen) >= 0) return null
    if (!isHere && before !== null && !goesOver) return unknown
    return { before, displayed: { peer: jid, archiveId: row.archiveId } }
  }
}

interface Owed {
  readonly displayed: Displayed
  /** What the node has instead, as far as we know. */
  readonly before: string | null
}
