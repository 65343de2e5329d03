/**
 * Writes messages inside one transaction: merges copies, gives places, keeps counters and last lines.
 * One writer object a transaction; `finish` must be called before the transaction ends.
 */
import type { IncomingMessage } from '#model/incoming.ts'
import type { BareJid } from '#model/jid.ts'
import { comparePlaces, isShown, type ConversationId, type LocalId, type Place } from '#model/message.ts'
import { sealRecord } from '#vault/seal.ts'
import type { Writing } from '../database.ts'
import { contentOf, isBroken, recordId } from '../read/message.ts'
import type { ConversationRow, MessageRow, StoredMessageRow } from '../schema.ts'
import { wholeMessage } from '../sound.ts'
import { Absence } from './absence.ts'
import { conversationWith, lineOf, putConversation, readConversationRow, setLast } from './conversation.ts'
import { believedStamp, placeAmong, type LiveArrival } from './delayed.ts'
import { delivered, provenBy } from './delivery.ts'
import { findStored } from './identity.ts'
import { keyed } from './keys.ts'
import { lastPlaced } from './neighbour.ts'
import { dropOutbox } from './outbox.ts'
import { placeAfter, type PageOrder } from './placing.ts'
import { followRow, isAfter, neverBefore, readTo, seeTo, theyReadTo, type Touched } from './reading.ts'
import { markerOf, waitingFor } from './waiting.ts'

/** How a message came, as far as its place and its news value depend on it. */
export type Arrival =
  | LiveArrival
  /** In an archive page; isNews: it happened while we were away. */
  | { readonly kind: 'page'; readonly order: PageOrder; readonly isNews: boolean; readonly covers: boolean }

export class MessageWriter {
  readonly #writing: Writing
  readonly #touched = new Map<ConversationId, Touched>()
  readonly #byJid = new Map<BareJid, ConversationId>()
  readonly #absence = new Absence()
  /** Key of the row that was added last in this transaction; null: none was. */
  #lastAdded: LocalId | null = null

  constructor(writing: Writing) {
    this.#writing = writing
  }

  /** Asks the disk at once for what storing these copies will need; without it each is asked for in its turn. */
  async foresee(copies: readonly IncomingMessage[]): Promise<void> {
    const index = this.#writing.tx.objectStore('conversation').index('jid')
    const peers = [...new Set(copies.map(({ peer }) => peer))].filter((peer) => !this.#byJid.has(peer))
    await Promise.all(
      peers.map(async (peer) => {
        const row = await index.get(peer)
        if (row) await this.#touch(row)
      }),
    )
    await this.#absence.look(
      this.#writing,
      copies.map((copy) => [copy, this.#byJid.get(copy.peer) ?? null] as const),
    )
  }

  async conversation(jid: BareJid): Promise<Touched> {
    const known = this.#byJid.get(jid)
    const touched = known === undefined ? undefined : this.#touched.get(known)
    return used(touched ?? (await this.#touch(await conversationWith(this.#writing, jid))))
  }

  async conversationById(id: ConversationId): Promise<Touched | null> {
    const touched = this.#touched.get(id)
    if (touched) return used(touched)
    const row = await readConversationRow(this.#writing, id)
    return row ? used(await this.#touch(row)) : null
  }

  async #touch(row: ConversationRow): Promise<Touched> {
    const tail = await lastPlaced(this.#writing, row.id)
    const touched: Touched = { row, tail, recount: false, isUsed: false }
    this.#touched.set(row.id, touched)
    this.#byJid.set(row.jid, row.id)
    return touched
  }

  /** Stores a message or merges it into the row that is already there. Returns its row. */
  async store(incoming: IncomingMessage, arrival: Arrival): Promise<StoredMessageRow> {
    const touched = await this.conversation(incoming.peer)
    const said = incoming.stamp ?? (arrival.kind === 'live' ? arrival.serverNow : this.#writing.now)
    const found = await findStored(this.#writing, touched.row.id, incoming, said, this.#absence)
    const stored = found && wholeMessage(found)
    const stamp = arrival.kind === 'live' ? await believedStamp(this.#writing, touched, incoming.stamp, arrival) : said
    const place = await this.#placeFor(touched, incoming, arrival, stamp, stored)
    const row = stored
      ? await this.#merge(touched, stored, incoming, place)
      : await this.#insert(touched, incoming, place, stamp, arrival)
    // Who writes has read what stands before, however the copies come and wherever the archive puts it.
    if (stored?.isOwn && row.pending === 0 && (arrival.kind === 'live' || arrival.isNews)) readTo(touched, row)
    if (row.archiveId !== null && row.archiveId === touched.row.displayed) await this.seeTo(touched, row)
    if (arrival.kind === 'page' && arrival.covers) this.#cover(touched, row)
    return row
  }

  /** The archive is read up to this row. */
  #cover(touched: Touched, row: Place): void {
    if (isAfter(row, touched.row.covered)) touched.row.covered = { at: row.at, rank: row.rank }
  }

  async #placeFor(
    touched: Touched,
    incoming: IncomingMessage,
    arrival: Arrival,
    stamp: number,
    stored: StoredMessageRow | null,
  ): Promise<Place> {
    if (arrival.kind === 'page') {
      const isCovered = stored !== null && stored.archiveId !== null
      const isAgain = isCovered && stored.archiveId !== incoming.archiveId
      const existing = stored && { ...stored, isPending: stored.pending === 1, isCovered, isAgain }
      return arrival.order.place(touched.row.id, touched.row.covered, stamp, existing)
    }
    if (stored && stored.pending === 0) return { at: stored.at, rank: stored.rank }
    const { tail } = touched
    if (incoming.stamp === null || tail === null || stamp >= tail.at) return placeAfter(tail, stamp)
    return placeAmong(this.#writing, touched, stamp, arrival)
  }

  async #merge(
    touched: Touched,
    row: StoredMessageRow,
    incoming: IncomingMessage,
    place: Place,
  ): Promise<StoredMessageRow> {
    const wasPending = row.pending === 1
    const moved = row.at !== place.at || row.rank !== place.rank
    const isNewId = row.archiveId === null && incoming.archiveId !== null
    const wasBroken = isBroken(row, this.#writing.keys)
    if (!moved && !isNewId && !wasPending && !wasBroken) return row
    if (wasBroken) row.sealed = sealRecord(this.#writing.keys, recordId(row), incoming.content)
    row.archiveId ??= incoming.archiveId
    row.by ??= incoming.by
    // A live copy says nothing of the time that the first one did not tell: anyone can write a delay (delayed.ts).
    if (incoming.via === 'archive' && incoming.stamp !== null && row.archiveId === incoming.archiveId)
      row.sentAt = incoming.stamp
    row.at = place.at
    row.rank = place.rank
    if (row.isOwn && wasPending) await this.#settle(row)
    keyed(row)
    await this.put(touched, row, moved || wasPending)
    return row
  }

  /** A copy from the server proves that the server has it. */
  async #settle(row: StoredMessageRow): Promise<void> {
    row.pending = 0
    row.delivery = delivered(row.delivery, 'sent', this.#writing.now)
    await dropOutbox(this.#writing, row.localId)
  }

  async #insert(
    touched: Touched,
    incoming: IncomingMessage,
    place: Place,
    stamp: number,
    arrival: Arrival,
  ): Promise<StoredMessageRow> {
    const row: MessageRow = {
      conversation: touched.row.id,
      isOwn: incoming.isOwn,
      senderJid: incoming.senderJid,
      senderResource: incoming.senderResource,
      occupantId: null,
      realJid: null,
      via: incoming.via,
      pending: 0,
      at: place.at,
      rank: place.rank,
      originId: incoming.originId,
      messageId: incoming.messageId,
      archiveId: incoming.archiveId,
      by: incoming.by,
      sentAt: stamp,
      storedAt: this.#writing.now,
      encryption: incoming.encryption,
      expiresAt: null,
      delivery: incoming.isOwn ? delivered(null, 'sent', stamp) : null,
      sealed: { key: 0, body: null },
    }
    row.sealed = sealRecord(this.#writing.keys, recordId(row), incoming.content)
    const isNews = arrival.kind === 'live' || arrival.isNews
    if (incoming.wantsReceipt && !incoming.isOwn && isNews) row.receiptDue = 1
    if (incoming.wantsDisplayed && !incoming.isOwn) row.wantsDisplayed = 1
    return this.add(touched, row, isShown(incoming.content), isNews)
  }

  /** Adds a row that is new, with its keys, counters and marks that waited for it. */
  async add(touched: Touched, row: MessageRow, shown: boolean, isNews: boolean): Promise<StoredMessageRow> {
    keyed(row, shown)
    const localId = await this.addBare(row)
    const stored: StoredMessageRow = { ...row, localId }
    if (row.isOwn) await this.#applyWaiting(touched, stored)
    if (row.unreadPlace && isAfter(stored, touched.row.read)) touched.row.unread++
    if (row.pending === 0) this.#follow(touched, stored)
    if (row.isOwn && isNews && row.pending === 0) readTo(touched, stored)
    this.#writing.changes.push({
      kind: 'message-stored',
      conversation: row.conversation,
      localId,
      place: { at: row.at, rank: row.rank },
      isOwn: row.isOwn,
      isNews,
    })
    return stored
  }

  /**
   * Adds a row that is no message yet, and returns its key. The first of a transaction is numbered by the store, the next
   * ones here, without waiting.
   */
  async addBare(row: MessageRow): Promise<LocalId> {
    const store = this.#writing.tx.objectStore('message')
    this.#absence.written(row)
    if (this.#lastAdded === null) return (this.#lastAdded = await store.add(row))
    // Nobody else adds meanwhile: the transaction has the store for itself, and all rows of it come through here.
    this.#lastAdded += 1
    this.#writing.later(store.add({ ...row, localId: this.#lastAdded }))
    return this.#lastAdded
  }

  /** Puts a row that changed. */
  async put(touched: Touched, row: StoredMessageRow, moved: boolean): Promise<void> {
    this.#absence.written(row)
    await this.#writing.tx.objectStore('message').put(row)
    if (moved) {
      touched.recount = true
      followRow(touched.row, row)
      if (row.pending === 0) this.#follow(touched, row)
    }
    const place = { at: row.at, rank: row.rank }
    this.#writing.changes.push({ kind: 'message-changed', conversation: row.conversation, localId: row.localId, place })
  }

  #follow(touched: Touched, row: Place): void {
    if (touched.tail === null || comparePlaces(touched.tail, row) < 0) touched.tail = { at: row.at, rank: row.rank }
  }

  /** The person has seen this message, and with it all before it. */
  seeTo(touched: Touched, row: StoredMessageRow): Promise<void> {
    return seeTo(this.#writing, touched, row)
  }

  /** The newest place that is not pending, to settle a sent message after it. */
  tailOf(touched: Touched): Place | null {
    return touched.tail
  }

  async #applyWaiting(touched: Touched, row: StoredMessageRow): Promise<void> {
    const store = this.#writing.tx.objectStore('message')
    for (const id of new Set([row.messageId, row.originId])) {
      if (id === null || this.#absence.has('awaits', [row.conversation, id])) continue
      for (const mark of await waitingFor(this.#writing, row.conversation, id)) {
        const marker = markerOf(mark, this.#writing.keys)
        row.delivery = delivered(row.delivery, provenBy(marker), mark.sentAt)
        if (marker === 'displayed') theyReadTo(touched, row)
        await store.put(row)
        await store.delete(mark.localId)
      }
    }
  }

  /** Brings last lines and counters of all touched conversations up to date. */
  async finish(): Promise<void> {
    const touched = [...this.#touched.values()].filter(({ isUsed }) => isUsed)
    await Promise.all(touched.map((each) => this.#finish(each)))
  }

  async #finish(touched: Touched): Promise<void> {
    neverBefore(touched)
    const { row, recount } = touched
    const store = this.#writing.tx.objectStore('message')
    const cursor = await store.index('timeline').openCursor(IDBKeyRange.bound([row.id], [row.id, []]), 'prev')
    const newest = cursor ? (cursor.value as StoredMessageRow) : null
    setLast(this.#writing, row, newest ? lineOf(newest, contentOf(newest, this.#writing.keys), newest) : null)
    if (recount) {
      const lower = row.read ? [row.id, row.read.at, row.read.rank] : [row.id]
      row.unread = await store.index('unread').count(IDBKeyRange.bound(lower, [row.id, []], row.read !== null, false))
    }
    await putConversation(this.#writing, row)
  }

  /** The row of a message, for writers that change its state. */
  async row(localId: LocalId): Promise<StoredMessageRow | null> {
    const row = await this.#writing.tx.objectStore('message').get(localId)
    return row ? wholeMessage(row as StoredMessageRow) : null
  }
}

function used(touched: Touched): Touched {
  touched.isUsed = true
  return touched
}
