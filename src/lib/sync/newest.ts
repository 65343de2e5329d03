/**
 * While much is caught up: the newest screen of all, and of each conversation that comes into sight, before what lies
 * between. It proves nothing of what lies before it; coverage is left to archive.ts, which reads the same again in its turn.
 */
import type { ConversationId } from '#model/message.ts'
import { readConversation } from '#storage/read/conversation.ts'
import { ascending } from '#storage/write/placing.ts'
import type { Wire } from '#xmpp/wire.ts'
import { everything } from './archive.ts'
import type { Core } from './core.ts'
import { messagesOf, storePage, type ApplyMarks } from './page.ts'

/** A tall screen of bubbles. */
const screenSize = 50

export class Newest {
  readonly #core: Core
  readonly #wire: Wire
  readonly #applyMarks: ApplyMarks
  /** What was fetched since the catch-up began; null: the newest of all. */
  readonly #fetched = new Set<ConversationId | null>()

  constructor(core: Core, wire: Wire, applyMarks: ApplyMarks) {
    this.#core = core
    this.#wire = wire
    this.#applyMarks = applyMarks
  }

  /** A session begins: what was the newest is so no more. */
  forget(): void {
    this.#fetched.clear()
  }

  /** Between two pages of a catch-up: what the person would look for in vain. @throws Failed */
  async fetch(inSight: ConversationId | null): Promise<void> {
    await this.#fetch(null)
    if (inSight !== null) await this.#fetch(inSight)
  }

  async #fetch(id: ConversationId | null): Promise<void> {
    if (this.#fetched.has(id)) return
    const { session } = this.#core
    const peer = id === null ? null : (await readConversation(this.#core.account, id))?.jid
    if (peer === undefined) return
    const page = await this.#wire.readArchive({ ...everything, with: peer, before: '', max: screenSize })
    await storePage(this.#core, {
      messages: messagesOf(page),
      // It may begin before what the last page has covered.
      order: () => ascending('ahead'),
      isNews: true,
      applyMarks: this.#applyMarks,
    })
    if (session === this.#core.session) this.#fetched.add(id)
  }
}
