/** Keeps roster, presence and subscription requests as the server says; a wish of ours is only a wish until its push comes. */
import { Failed } from '#model/failure.ts'
import { maySeeUs } from '#model/contact.ts'
import { bareOf, type BareJid } from '#model/jid.ts'
import type { Writing } from '#storage/database.ts'
import { putMeta, readMeta } from '#storage/database.ts'
import type { RosterRow } from '#storage/schema.ts'
import { isRosterSound, readContact } from '#storage/read/roster.ts'
import type { Inquiry } from '#xmpp/inquiry.ts'
import { writeSubscription, type IncomingPresence } from '#xmpp/presence.ts'
import type { RosterAnswer } from '#xmpp/roster.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

/** Strangers may not fill the disk with requests. */
const mostRequests = 500

export class Roster {
  readonly #core: Core
  readonly #wire: Wire

  constructor(core: Core, wire: Wire) {
    this.#core = core
    this.#wire = wire
  }

  /** Asks for what changed since our version; without versions the answer replaces everything. */
  async refresh(): Promise<void> {
    const version = await readMeta(this.#core.account, 'roster')
    const isKnown = typeof version === 'string' && (await isRosterSound(this.#core.account))
    const answer = await this.#wire.readRoster(isKnown ? version : '')
    if (answer === null) return
    await this.#core.write(async (writing) => {
      // An answer with items is the whole roster (RFC 6121 section 2.6.3); changes come as pushes.
      await writing.tx.objectStore('roster').clear()
      await this.#apply(writing, answer, true)
    })
  }

  /** What a push tells (RFC 6121 section 2.1.6). */
  applyItems(writing: Writing, answer: RosterAnswer): Promise<void> {
    return this.#apply(writing, answer, false)
  }

  async #apply(writing: Writing, answer: RosterAnswer, isWhole: boolean): Promise<void> {
    const store = writing.tx.objectStore('roster')
    for (const { jid, contact } of answer.items) {
      if (contact === null) {
        await store.delete(jid)
        continue
      }
      const row: RosterRow = { ...contact, groups: [...contact.groups] }
      await store.put(row)
      if (contact.subscription === 'from' || contact.subscription === 'both') await this.#dropRequest(writing, jid)
    }
    // A version stands for all before it: once something of it is not here, only the whole roster brings one again.
    const meta = writing.tx.objectStore('meta')
    if (answer.version === null) await meta.delete('roster')
    else if (isWhole || (await meta.get('roster'))) await putMeta(writing, 'roster', answer.version)
    writing.changes.push({ kind: 'roster' })
  }

  /** Who may see us is answered; the others, strangers above all, learn nothing. Returns what answers, for after the write. */
  async judgeInquiry(writing: Writing, inquiry: Inquiry): Promise<() => void> {
    const { from } = inquiry
    const isTold = from === null || maySeeUs(await writing.tx.objectStore('roster').get(from))
    return () => {
      if (this.#wire.isOpen) this.#wire.answer(inquiry, isTold)
    }
  }

  async #dropRequest(writing: Writing, jid: BareJid): Promise<void> {
    const store = writing.tx.objectStore('subscription')
    if ((await store.getKey(jid)) === undefined) return
    await store.delete(jid)
    writing.changes.push({ kind: 'subscription' })
  }

  async applyPresence(writing: Writing, presence: IncomingPresence): Promise<void> {
    if (presence.kind === 'presence') return this.#applyAvailability(writing, presence)
    const { jid } = presence
    if (jid === this.#core.self) return
    if (presence.kind === 'unsubscription') return this.#dropRequest(writing, jid)
    const store = writing.tx.objectStore('subscription')
    if ((await store.count()) >= mostRequests && (await store.getKey(jid)) === undefined) return
    await store.put({ jid, text: presence.text, at: this.#core.serverNow() })
    writing.changes.push({ kind: 'subscription' })
  }

  async #applyAvailability(writing: Writing, presence: IncomingPresence & { kind: 'presence' }): Promise<void> {
    const bare = bareOf(presence.jid)
    const isContact = bare === this.#core.self || (await writing.tx.objectStore('roster').getKey(bare)) !== undefined
    if (!isContact) return
    const store = writing.tx.objectStore('presence')
    const { jid, availability, status, priority } = presence
    if (availability === 'offline') await store.delete(jid)
    else await store.put({ jid, availability, status, priority })
    if (!writing.changes.some((change) => change.kind === 'presence')) writing.changes.push({ kind: 'presence' })
  }

  /** Presence belongs to the stream that told it: one that begins learns everyone's anew. */
  async forgetPresence(writing: Writing): Promise<void> {
    await writing.tx.objectStore('presence').clear()
    writing.changes.push({ kind: 'presence' })
  }

  async add(jid: BareJid, name: string): Promise<void> {
    this.#mustBeOpen()
    const known = await readContact(this.#core.account, jid)
    await this.#wire.setRosterItem(jid, name, known?.groups ?? [])
    this.#wire.send(writeSubscription(jid, 'subscribe'))
  }

  async rename(jid: BareJid, name: string): Promise<void> {
    this.#mustBeOpen()
    const known = await readContact(this.#core.account, jid)
    await this.#wire.setRosterItem(jid, name, known?.groups ?? [])
  }

  async remove(jid: BareJid): Promise<void> {
    this.#mustBeOpen()
    await this.#wire.removeRosterItem(jid)
  }

  /** Lets them see our presence and asks to see theirs, as people expect of "accept". */
  async accept(jid: BareJid): Promise<void> {
    this.#mustBeOpen()
    this.#wire.send(writeSubscription(jid, 'subscribed'))
    const known = await readContact(this.#core.account, jid)
    if (known?.subscription !== 'to' && known?.subscription !== 'both') {
      if (!known) await this.#wire.setRosterItem(jid, '', [])
      this.#wire.send(writeSubscription(jid, 'subscribe'))
    }
    await this.#core.write((writing) => this.#dropRequest(writing, jid))
  }

  async decline(jid: BareJid): Promise<void> {
    this.#mustBeOpen()
    this.#wire.send(writeSubscription(jid, 'unsubscribed'))
    await this.#core.write((writing) => this.#dropRequest(writing, jid))
  }

  #mustBeOpen(): void {
    if (!this.#wire.isOpen) throw new Failed('offline', 'wait', 'no session')
  }
}
