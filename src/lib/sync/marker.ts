/** Moves the read position, and sends the receipts that are due: to contacts only, and only after the message is stored. */
import { maySeeUs } from '#model/contact.ts'
import type { ConversationId, LocalId } from '#model/message.ts'
import { randomId } from '#model/random.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { readContact } from '#storage/read/roster.ts'
import type { StoredMessageRow } from '#storage/schema.ts'
import { writeReceipt } from '#xmpp/message.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

const batchSize = 50
/** A receipt for something older tells nobody anything. */
const oldest = 7 * 86_400_000

export class Marker {
  readonly #core: Core
  readonly #wire: Wire
  readonly #mayTell: () => Promise<boolean>
  readonly #onRead: (id: ConversationId) => void
  #isRunning = false
  #again = false

  /** `onRead` hears that more was seen, once it is stored. */
  constructor(core: Core, wire: Wire, mayTell: () => Promise<boolean>, onRead: (id: ConversationId) => void) {
    this.#onRead = onRead
    this.#core = core
    this.#wire = wire
    this.#mayTell = mayTell
  }

  /** The person has seen the conversation up to this message. */
  async read(conversation: ConversationId, localId: LocalId): Promise<void> {
    let isMore = false
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const row = await writer.row(localId)
      const touched = await writer.conversationById(conversation)
      if (!row || !touched || row.conversation !== conversation || row.pending === 1) return
      const { read, seen } = touched.row
      await writer.seeTo(touched, row)
      isMore = touched.row.seen !== seen
      if (isMore || touched.row.read !== read) await writer.finish()
    })
    if (isMore) this.#onRead(conversation)
  }

  /** Sends due receipts, batch by batch. */
  drain(): void {
    if (this.#isRunning) {
      this.#again = true
      return
    }
    this.#isRunning = true
    this.#run()
      // A lost connection leaves them due; the next session drains again.
      .catch(() => undefined)
      .finally(() => {
        this.#isRunning = false
      })
  }

  async #run(): Promise<void> {
    do {
      this.#again = false
      if (!this.#wire.isOpen) return
      const rows = (await this.#core.account.db.getAllFromIndex(
        'message',
        'receipt',
        1,
        batchSize,
      )) as StoredMessageRow[]
      if (rows.length === 0) continue
      const mayTell = await this.#mayTell()
      for (const row of rows) {
        const isRecent = this.#core.serverNow() - row.at < oldest
        if (!mayTell || !isRecent || row.messageId === null) continue
        if (!maySeeUs(await readContact(this.#core.account, row.senderJid))) continue
        this.#wire.send(writeReceipt(row.senderJid, randomId(), row.messageId))
      }
      await this.#clear(rows)
      this.#again = true
    } while (this.#again)
  }

  async #clear(rows: readonly StoredMessageRow[]): Promise<void> {
    await this.#core.write(async (writing) => {
      const store = writing.tx.objectStore('message')
      for (const { localId } of rows) {
        const row = await store.get(localId)
        if (!row) continue
        delete row.receiptDue
        await store.put(row)
      }
    })
  }
}
