/**
 * The receipts that we owe (XEP-0184): to contacts only, and only after the message is stored. One stays due on the disk until
 * the server has acknowledged it, so that a cut costs none; one that goes twice says nothing new.
 */
import { maySeeUs } from '#model/contact.ts'
import type { LocalId } from '#model/message.ts'
import { randomId } from '#model/random.ts'
import { readContact } from '#storage/read/roster.ts'
import type { StoredMessageRow } from '#storage/schema.ts'
import { writeMark } from '#xmpp/message.ts'
import { isReached } from '#xmpp/stream-management.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

const batchSize = 50
/** A receipt for something older tells nobody anything. */
const oldest = 7 * 86_400_000

export class OwedReceipts {
  readonly #core: Core
  readonly #wire: Wire
  readonly #mayTell: () => Promise<boolean>
  /** Number of the receipt of each message, written in this session and not known to have arrived. */
  #onWire = new Map<LocalId, number>()
  #isRunning = false
  #again = false

  constructor(core: Core, wire: Wire, mayTell: () => Promise<boolean>) {
    this.#core = core
    this.#wire = wire
    this.#mayTell = mayTell
  }

  /** Sends what is due, batch by batch. */
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

  /** The server has handled our stanzas up to this number. What the disk refuses is told again. */
  acked(handled: number): void {
    const reached = [...this.#onWire].filter(([, number]) => isReached(handled, number)).map(([id]) => id)
    if (reached.length > 0) this.#clear(reached).catch(() => undefined)
  }

  /** Another session counts anew; `handled`: how far the last one got, as far as is known. */
  newSession(handled: number | null): void {
    if (handled !== null) this.acked(handled)
    this.#onWire = new Map()
  }

  async #run(): Promise<void> {
    do {
      this.#again = false
      if (!this.#wire.isOpen) return
      const rows = await this.#due()
      if (rows.length === 0) continue
      const mayTell = await this.#mayTell()
      const done: LocalId[] = []
      for (const row of rows) {
        const isWanted = mayTell && this.#core.serverNow() - row.at < oldest && row.messageId !== null
        const isTold = isWanted && maySeeUs(await readContact(this.#core.account, row.senderJid))
        const number = isTold
          ? this.#wire.send(writeMark(row.senderJid, randomId(), 'received', row.messageId ?? ''))
          : null
        if (number === null) done.push(row.localId)
        else this.#onWire.set(row.localId, number)
      }
      if (done.length < rows.length) this.#wire.requestAck()
      await this.#clear(done)
      this.#again = true
    } while (this.#again)
  }

  async #due(): Promise<StoredMessageRow[]> {
    const most = batchSize + this.#onWire.size
    const rows = (await this.#core.account.db.getAllFromIndex('message', 'receipt', 1, most)) as StoredMessageRow[]
    return rows.filter(({ localId }) => !this.#onWire.has(localId)).slice(0, batchSize)
  }

  async #clear(ids: readonly LocalId[]): Promise<void> {
    if (ids.length === 0) return
    await this.#core.write(async (writing) => {
      const store = writing.tx.objectStore('message')
      for (const localId of ids) {
        const row = await store.get(localId)
        if (!row) continue
        delete row.receiptDue
        await store.put(row)
      }
    })
    for (const id of ids) this.#onWire.delete(id)
  }
}
