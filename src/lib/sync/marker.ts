/** Moves the read position to what the person has seen, and notes whom that is owed to. */
import type { ConversationId, LocalId } from '#model/message.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { newestAsking } from '#storage/write/reading.ts'
import type { Core } from './core.ts'

export class Marker {
  readonly #core: Core
  readonly #tellers: readonly { read(id: ConversationId): void }[]
  readonly #mayTell: () => Promise<boolean>

  /** `tellers` hear that more was seen, once it is stored; `mayTell`: whether the other side may. */
  constructor(core: Core, tellers: readonly { read(id: ConversationId): void }[], mayTell: () => Promise<boolean>) {
    this.#core = core
    this.#tellers = tellers
    this.#mayTell = mayTell
  }

  /** The person has seen the conversation up to this message. */
  async read(conversation: ConversationId, localId: LocalId): Promise<void> {
    let isMore = false
    // As it is at this moment: what is forbidden now is not told when it is allowed again. Reading does not hang on it.
    const mayTell = await this.#mayTell().catch(() => false)
    await this.#core.write(async (writing) => {
      const writer = new MessageWriter(writing)
      const row = await writer.row(localId)
      const touched = await writer.conversationById(conversation)
      if (!row || !touched || row.conversation !== conversation || row.pending === 1) return
      const { read, seen = null } = touched.row
      await writer.seeTo(touched, row)
      isMore = (touched.row.seen ?? null) !== seen
      // On a new device all that is found counts as read: nobody waits to hear of it now.
      if (isMore && mayTell)
        touched.row.owesDisplayed =
          (await newestAsking(writing, row, seen ?? read)) ?? touched.row.owesDisplayed ?? null
      if (isMore || touched.row.read !== read) await writer.finish()
    })
    if (isMore) for (const each of this.#tellers) each.read(conversation)
  }
}
