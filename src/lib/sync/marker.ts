/** Moves the read position to what the person has seen. */
import type { ConversationId, LocalId } from '#model/message.ts'
import { MessageWriter } from '#storage/write/message.ts'
import type { Core } from './core.ts'

export class Marker {
  readonly #core: Core
  readonly #onRead: (id: ConversationId) => void

  /** `onRead` hears that more was seen, once it is stored. */
  constructor(core: Core, onRead: (id: ConversationId) => void) {
    this.#core = core
    this.#onRead = onRead
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
}
