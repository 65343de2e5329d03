/**
 * What no disk takes as it came (a fault of ours, or of what was sent): kept as far as it can be, in its place, and shown as
 * a message that cannot be read. It stops nothing behind it, and nothing of it is lost in silence.
 */
import { failureOf } from '#model/failure.ts'
import type { IncomingMessage } from '#model/incoming.ts'
import { isShown } from '#model/message.ts'
import { randomId } from '#model/random.ts'
import { putMeta, type Writing } from '#storage/database.ts'
import type { Core } from './core.ts'

/**
 * Stores one message by `store`, a transaction each try: as it came, else unreadable with what was read of it, else
 * unreadable alone; what even then fails, or is never shown, leaves a trace in `meta`.
 * @throws Failed for whatever may go better next time: storage-*, epoch-lost
 */
export async function storeReadable(
  core: Core,
  message: IncomingMessage,
  store: (writing: Writing, message: IncomingMessage) => Promise<void>,
): Promise<void> {
  let form: IncomingMessage | null = message
  let why = ''
  while (form !== null) {
    const tried: IncomingMessage = form
    try {
      await core.write((writing) => store(writing, tried))
      return
    } catch (error) {
      const failure = failureOf(error)
      if (failure.what !== 'unexpected') throw error
      why = failure.cause
      form = lesser(tried, why)
    }
  }
  const { peer, archiveId, by, stamp } = message
  await core.write((writing) =>
    putMeta(writing, `unreadable:${archiveId ?? randomId()}`, { peer, archiveId, by, stamp, at: writing.now, why }),
  )
}

/** The same message with less in it; null: there is nothing more to leave out. */
function lesser(message: IncomingMessage, why: string): IncomingMessage | null {
  const { content } = message
  if (!isShown(content)) return null
  const part = content.parts[0]
  if (part?.kind === 'unreadable' && part.kept === null) return null
  const kept = part?.kind === 'unreadable' ? null : JSON.stringify(content)
  return {
    ...message,
    content: { parts: [{ kind: 'unreadable', why, kept }], raw: null },
    senderResource: null,
    encryption: null,
    wantsReceipt: false,
    wantsDisplayed: false,
  }
}
