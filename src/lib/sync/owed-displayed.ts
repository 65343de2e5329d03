/**
 * Tells the other side how far the person has read (XEP-0333): contacts only, and only where they asked. What is owed lies in
 * the conversation until the server has acknowledged it, so that a cut costs nothing; told twice it says nothing new.
 */
import { maySeeUs } from '#model/contact.ts'
import type { ConversationId } from '#model/message.ts'
import { randomId } from '#model/random.ts'
import { readContact } from '#storage/read/roster.ts'
import { putConversation, readConversationRow } from '#storage/write/conversation.ts'
import { writeMark } from '#xmpp/message.ts'
import { isReached } from '#xmpp/stream-management.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

/** ms between two rounds: who reads along a lively conversation tells of it now and then. */
const rest = 1_000

interface Told {
  readonly messageId: string
  readonly number: number
}

export class OwedDisplayed {
  readonly #core: Core
  readonly #wire: Wire
  readonly #mayTell: () => Promise<boolean>
  /** Conversations that may owe something. */
  readonly #due = new Set<ConversationId>()
  /** Written in this session, and not known to have arrived. */
  #onWire = new Map<ConversationId, Told>()
  #isReady = false
  #isBusy = false
  #cancelRest: () => void = () => undefined

  constructor(core: Core, wire: Wire, mayTell: () => Promise<boolean>) {
    this.#core = core
    this.#wire = wire
    this.#mayTell = mayTell
  }

  /** The archive is read to its end: what is told now is the newest that was read. @throws Failed */
  async caughtUp(): Promise<void> {
    const { session } = this.#core
    const all = await this.#core.account.db.getAll('conversation')
    if (session !== this.#core.session) return
    for (const { id, owesDisplayed } of all) if (typeof owesDisplayed === 'string') this.#due.add(id)
    this.#isReady = true
    this.drain()
  }

  lost(): void {
    this.#isReady = false
    this.#isBusy = false
    this.#cancelRest()
  }

  /** More was read here. */
  read(id: ConversationId): void {
    this.#due.add(id)
    this.drain()
  }

  drain(): void {
    if (!this.#isReady || this.#isBusy || this.#due.size === 0) return
    this.#isBusy = true
    const { session } = this.#core
    this.#run(session)
      // A lost connection, or a disk that refuses, leaves it owed.
      .catch(() => undefined)
      .finally(() => {
        if (session !== this.#core.session) return
        this.#cancelRest = this.#core.clock.after(rest, () => {
          this.#isBusy = false
          this.drain()
        })
      })
  }

  /** The server has handled our stanzas up to this number. What the disk refuses is told again. */
  acked(handled: number): void {
    for (const [id, { messageId, number }] of this.#onWire) {
      if (!isReached(handled, number)) continue
      this.#onWire.delete(id)
      this.#settle(id, messageId).catch(() => undefined)
    }
  }

  /** Another session counts anew; `handled`: how far the last one got, as far as is known. */
  newSession(handled: number | null): void {
    if (handled !== null) this.acked(handled)
    this.#onWire = new Map()
  }

  async #run(session: number): Promise<void> {
    const mayTell = await this.#mayTell()
    for (const id of [...this.#due]) {
      this.#due.delete(id)
      try {
        await this.#tell(id, mayTell, session)
      } catch (error) {
        this.#due.add(id)
        throw error
      }
      if (session !== this.#core.session) return
    }
    if (this.#onWire.size > 0) this.#wire.requestAck()
  }

  /** @throws Failed where there is no connection or no disk, and then it stays owed */
  async #tell(id: ConversationId, mayTell: boolean, session: number): Promise<void> {
    const row = await this.#core.account.db.get('conversation', id)
    const messageId = row?.owesDisplayed
    if (!row || typeof messageId !== 'string' || this.#onWire.get(id)?.messageId === messageId) return
    const isTold = mayTell && maySeeUs(await readContact(this.#core.account, row.jid))
    // The session after it looks at all of them again.
    if (session !== this.#core.session) return
    const number = isTold ? this.#wire.send(writeMark(row.jid, randomId(), 'displayed', messageId)) : null
    if (number === null) await this.#settle(id, messageId)
    else this.#onWire.set(id, { messageId, number })
  }

  async #settle(id: ConversationId, messageId: string): Promise<void> {
    await this.#core.write(async (writing) => {
      const row = await readConversationRow(writing, id)
      // What was read meanwhile is still owed.
      if (row?.owesDisplayed === messageId) await putConversation(writing, { ...row, owesDisplayed: null })
    })
  }
}
