/**
 * On a new device: the last lines of contacts that the newest page did not show, so that the list is whole. It goes on
 * where it was interrupted, in whatever session. What stands before those lines is left to history.ts.
 */
import { failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { putMeta, readMeta } from '#storage/database.ts'
import { readConversationWith } from '#storage/read/conversation.ts'
import { readContacts } from '#storage/read/roster.ts'
import { ascending } from '#storage/write/placing.ts'
import type { Wire } from '#xmpp/wire.ts'
import { everything, type Archive } from './archive.ts'
import type { Core } from './core.ts'
import { messagesOf, storePage, type ApplyMarks } from './page.ts'

const surveySize = 20

export class Survey {
  readonly #core: Core
  readonly #wire: Wire
  readonly #archive: Archive
  readonly #applyMarks: ApplyMarks
  /** Who answered with nothing has no conversation to be known by. */
  readonly #asked = new Set<BareJid>()

  constructor(core: Core, wire: Wire, archive: Archive, applyMarks: ApplyMarks) {
    this.#core = core
    this.#wire = wire
    this.#archive = archive
    this.#applyMarks = applyMarks
  }

  /** Contact by contact, until each has its lines; one that is refused holds up no other. @throws Failed */
  async run(): Promise<void> {
    if ((await readMeta<boolean>(this.#core.account, 'surveyed')) === true) return
    let refusal: unknown = null
    if (this.#archive.isKept && this.#archive.coverage?.isComplete !== true) {
      for (const { jid } of await readContacts(this.#core.account)) {
        if (this.#asked.has(jid) || (await readConversationWith(this.#core.account, jid))) continue
        try {
          await this.#read(jid)
          this.#asked.add(jid)
        } catch (error) {
          if (failureOf(error).remedy === 'wait') throw error
          refusal ??= error
        }
      }
    }
    if (refusal !== null) throw refusal
    await this.#core.write((writing) => putMeta(writing, 'surveyed', true))
  }

  async #read(jid: BareJid): Promise<void> {
    const page = await this.#wire.readArchive({ ...everything, with: jid, before: '', max: surveySize })
    if (page.items.length === 0) return
    await storePage(this.#core, {
      messages: messagesOf(page, jid),
      order: () => ascending('free'),
      readsAll: true,
      applyMarks: this.#applyMarks,
    })
  }
}
