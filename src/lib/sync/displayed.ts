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
import type { Core } from './core.ts'

const batchSize = 50
/** ms between two rounds: who reads along a lively conversation tells of it now and then. */
const rest = 1_000

export class DisplayedNode {
  /** Whether the account can keep it; told by each session. */
  isKept = false
  readonly #core: Core
  readonly #wire: Wire
  /** Conversations whose position the node may not have yet. */
  readonly #due = new Set<ConversationId>()
  #isReady = false
  #isRunning = false
  #isResting = false
  #cancelRest: () => void = () => undefined

  constructor(core: Core, wire: Wire) {
    this.#core = core
    this.#wire = wire
  }

  lost(): void {
    this.#isReady = false
    this.#isResting = false
    this.#cancelRest()
  }

  /** The archive is read to its end. `isResumed`: what others published meanwhile comes by itself. @throws Failed */
  async caughtUp(isResumed: boolean): Promise<void> {
    if (!this.isKept) return
    const { session } = this.#core
    if (!isResumed) await this.#refresh()
    if (session !== this.#core.session) return
    for (const id of await this.#core.account.db.getAllKeys('conversation')) this.#due.add(id)
    this.#isReady = true
    this.drain()
  }

  async #refresh(): Promise<void> {
    let all: readonly Displayed[]
    try {
      all = await this.#wire.readDisplayed()
    } catch (error) {
      if (!this.#wire.isOpen) throw error
      // It can be done without: each device then knows only what it saw itself.
      this.isKept = false
      return
    }
    for (let at = 0; at < all.length; at += batchSize) {
      await this.#core.write(async (writing) => {
        const writer = new MessageWriter(writing)
        await this.apply(writing, writer, all.slice(at, at + batchSize))
        await writer.finish()
      })
    }
  }

  /** Another device has read so far. What is not here yet counts as soon as it is (storage/write/message.ts). */
  async apply(writing: Writing, writer: MessageWriter, all: readonly Displayed[]): Promise<void> {
    for (const { peer, archiveId } of all) {
      const known = await writing.tx.objectStore('conversation').index('jid').get(peer)
      const touched = known ? await writer.conversationById(known.id) : null
      if (!touched) continue
      touched.row.displayed = archiveId
      const row = await writing.tx.objectStore('message').index('archive').get([this.#core.self, archiveId])
      if (row?.conversation === touched.row.id) await writer.seeTo(touched, row as StoredMessageRow)
      this.#due.add(touched.row.id)
    }
  }

  /** Something was read here. */
  read(id: ConversationId): void {
    this.#due.add(id)
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
      })
      .finally(() => {
        this.#isRunning = false
      })
  }

  async #run(): Promise<void> {
    for (const id of [...this.#due]) {
      if (!this.#isReady) return
      this.#due.delete(id)
      const owed = await this.#owed(id)
      if (owed === 'later') this.#due.add(id)
      else if (owed !== null) await this.#publish(id, owed)
    }
  }

  async #publish(id: ConversationId, displayed: Displayed): Promise<void> {
    this.#rest()
    try {
      await this.#wire.publishDisplayed(displayed)
    } catch (error) {
      this.#due.add(id)
      throw error
    }
    await this.#core.write(async (writing) => {
      const row = await readConversationRow(writing, id)
      if (row) await putConversation(writing, { ...row, displayed: displayed.archiveId })
    })
  }

  #rest(): void {
    this.#cancelRest()
    this.#isResting = true
    this.#cancelRest = this.#core.clock.after(rest, () => {
      this.#isResting = false
      this.drain()
    })
  }

  /** null: the node has it, or something newer; `later`: the archive has not named it yet. */
  async #owed(id: ConversationId): Promise<Displayed | 'later' | null> {
    const { db } = this.#core.account
    const conversation = await db.get('conversation', id)
    const seen = conversation?.seen
    if (!conversation || !seen) return null
    const row = await db.get('message', seen.localId)
    if (!row) return null
    if (row.archiveId === null) return 'later'
    const { displayed = null, jid } = conversation
    if (displayed === row.archiveId) return null
    const told =
      displayed === null ? undefined : await db.getFromIndex('message', 'archive', [this.#core.self, displayed])
    const isNewer = told?.conversation === id && comparePlaces(told, seen) >= 0
    return isNewer ? null : { peer: jid, archiveId: row.archiveId }
  }
}
