/**
 * Stores one page of an archive: its messages, and what the caller knows by having read it, in one transaction.
 * What the page proves is left to archive.ts and history.ts.
 */
import { failureOf } from '#model/failure.ts'
import type { IncomingMessage } from '#model/incoming.ts'
import type { BareJid } from '#model/jid.ts'
import type { Writing } from '#storage/database.ts'
import type { StoredMessageRow } from '#storage/schema.ts'
import { MessageWriter } from '#storage/write/message.ts'
import { surroundingsOf } from '#storage/write/neighbour.ts'
import { between, type PageOrder } from '#storage/write/placing.ts'
import { readTo } from '#storage/write/reading.ts'
import type { ReadPage } from '#xmpp/wire.ts'
import type { Core } from './core.ts'
import { storeReadable } from './unreadable.ts'

export type ApplyMarks = (writing: Writing, writer: MessageWriter, message: IncomingMessage) => Promise<boolean>

export interface PageWriting {
  /** In the order in which they find their places. */
  readonly messages: readonly IncomingMessage[]
  /** A fresh one for each try. */
  readonly order: (writing: Writing) => PageOrder | Promise<PageOrder>
  readonly applyMarks: ApplyMarks
  /** These three, where absent: it is not so. */
  readonly isNews?: boolean
  readonly covers?: boolean
  /** All of it counts as read. */
  readonly readsAll?: boolean
  /** What is true once all of it is stored; `rows` in the order of `messages`, without receipts. */
  end?(writing: Writing, writer: MessageWriter, rows: readonly StoredMessageRow[]): Promise<void>
}

/** What a page holds for us; `peer`: of what was said with this address alone. */
export function messagesOf(page: ReadPage, peer?: BareJid): IncomingMessage[] {
  return page.items.flatMap(({ message }) =>
    message === null || (peer !== undefined && message.peer !== peer) ? [] : message,
  )
}

/** The order of pages that follow on each other through what was told before: what is new goes between its neighbours. */
export class Among {
  readonly #passed = new Map<BareJid, IncomingMessage>()

  /** Of the next page, oldest first. */
  order(messages: readonly IncomingMessage[]): PageWriting['order'] {
    const passed = [...this.#passed.values()]
    for (const message of messages) this.#passed.set(message.peer, message)
    return async (writing) => between(await surroundingsOf(writing, passed, messages))
  }
}

/**
 * The page in one transaction. Where one of its messages can never be stored as it is, one after the other, each as far
 * as it can be, and `end` in the last: a page is only ever proven whole. Returns how many messages it held.
 * @throws Failed
 */
export async function storePage(core: Core, page: PageWriting): Promise<number> {
  try {
    return await storeWhole(core, page)
  } catch (error) {
    if (failureOf(error).what !== 'unexpected') throw error
    return storeEach(core, page)
  }
}

async function storeWhole(core: Core, page: PageWriting): Promise<number> {
  const rows: StoredMessageRow[] = []
  await core.write(async (writing) => {
    const writer = new MessageWriter(writing)
    await writer.foresee(page.messages)
    const order = await page.order(writing)
    for (const message of page.messages) {
      const row = await storeOne(writing, writer, page, order, message)
      if (row) rows.push(row)
    }
    await page.end?.(writing, writer, rows)
    await writer.finish()
  })
  return rows.length
}

async function storeEach(core: Core, page: PageWriting): Promise<number> {
  const rows: StoredMessageRow[] = []
  let order: PageOrder | null = null
  for (const message of page.messages) {
    let row: StoredMessageRow | null = null
    await storeReadable(core, message, async (writing, form) => {
      const writer = new MessageWriter(writing)
      order ??= await page.order(writing)
      row = await storeOne(writing, writer, page, order, form)
      await writer.finish()
    })
    if (row) rows.push(row)
  }
  await core.write(async (writing) => {
    const writer = new MessageWriter(writing)
    await page.end?.(writing, writer, rows)
    await writer.finish()
  })
  return rows.length
}

/** null: it was only a receipt. */
async function storeOne(
  writing: Writing,
  writer: MessageWriter,
  page: PageWriting,
  order: PageOrder,
  message: IncomingMessage,
): Promise<StoredMessageRow | null> {
  if (await page.applyMarks(writing, writer, message)) return null
  const { isNews = false, covers = false } = page
  const row = await writer.store(message, { kind: 'page', order, isNews, covers })
  if (page.readsAll === true) readTo(await writer.conversation(message.peer), row)
  return row
}
