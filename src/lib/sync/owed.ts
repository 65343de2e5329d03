/** What we owe others for what they wrote, as one: each kind has a file of its own. */
import type { ConversationId } from '#model/message.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'
import { OwedDisplayed } from './owed-displayed.ts'
import { OwedReceipts } from './owed-receipts.ts'

/** What the person may have forbidden to tell; the names of the settings, too. */
export type Tellable = 'receipts' | 'displayed'

export type MayTell = (what: Tellable) => Promise<boolean>

export class Owed {
  readonly #receipts: OwedReceipts
  readonly #displayed: OwedDisplayed

  constructor(core: Core, wire: Wire, mayTell: MayTell) {
    this.#receipts = new OwedReceipts(core, wire, () => mayTell('receipts'))
    this.#displayed = new OwedDisplayed(core, wire, () => mayTell('displayed'))
  }

  /** Sends what is due. */
  drain(): void {
    this.#receipts.drain()
    this.#displayed.drain()
  }

  /** The archive is read to its end. @throws Failed */
  caughtUp(): Promise<void> {
    return this.#displayed.caughtUp()
  }

  /** The person has read more here. */
  read(id: ConversationId): void {
    this.#displayed.read(id)
  }

  lost(): void {
    this.#displayed.lost()
  }

  /** The server has handled our stanzas up to this number. */
  acked(handled: number): void {
    this.#receipts.acked(handled)
    this.#displayed.acked(handled)
  }

  /** Another session counts anew; `handled`: how far the last one got, as far as is known. */
  newSession(handled: number | null): void {
    this.#receipts.newSession(handled)
    this.#displayed.newSession(handled)
  }
}
