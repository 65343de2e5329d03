/** The list of conversations: what is stored, with the names and presence of the roster. */
import { SvelteMap } from 'svelte/reactivity'
import type { Conversation } from '#model/conversation.ts'
import { checkAddress, localOf, type BareJid } from '#model/jid.ts'
import { statusShown, type ConversationId } from '#model/message.ts'
import type { AccountDatabase } from '#storage/database.ts'
import { readConversations, readEach } from '#storage/read/conversation.ts'
import type { Engine } from '#sync/engine.ts'
import { Reread } from './reread.ts'
import type { Roster } from './roster.svelte.ts'
import type { ConversationItem, ConversationsSurface } from './surface.ts'

/** In place of an id: every conversation. */
const all = Symbol('all')

export class Conversations implements ConversationsSurface {
  isLoaded = $state(false)
  filter = $state<'all' | 'unread'>('all')
  query = $state('')
  readonly #stored = new SvelteMap<ConversationId, Conversation>()
  readonly #account: AccountDatabase
  readonly #engine: Engine
  readonly #roster: Roster
  readonly #self: BareJid
  /** The one list: what is shown, what is counted and what is open are taken from it. */
  readonly #all = $derived.by(() =>
    [...this.#stored.values()].sort((a, b) => activity(b) - activity(a)).map((each) => this.#itemOf(each)),
  )
  readonly items = $derived.by(() => this.#all.filter((item) => this.#isWanted(item)))
  readonly totalUnread = $derived(this.#all.reduce((sum, item) => sum + item.unread, 0))
  readonly #reread = new Reread<ConversationId | typeof all>((due) =>
    due.has(all) ? this.#readAll() : this.#read([...due].filter((id) => id !== all)),
  )

  constructor(account: AccountDatabase, engine: Engine, roster: Roster, self: BareJid) {
    this.#account = account
    this.#engine = engine
    this.#roster = roster
    this.#self = self
  }

  load(): Promise<void> {
    return this.#reread.ask([all])
  }

  reload(ids: Iterable<ConversationId>): Promise<void> {
    return this.#reread.ask(ids)
  }

  async #readAll(): Promise<void> {
    for (const each of await readConversations(this.#account)) this.#stored.set(each.id, each)
    this.isLoaded = true
  }

  async #read(ids: readonly ConversationId[]): Promise<void> {
    // Laid on in one step: each would otherwise lay the whole list out anew.
    for (const [id, row] of await readEach(this.#account, ids)) {
      if (row) this.#stored.set(id, row)
      else this.#stored.delete(id)
    }
  }

  #itemOf(each: Conversation): ConversationItem {
    const contact = this.#roster.contact(each.jid)
    const name = contact?.name || localOf(each.jid) || each.jid
    const last = each.last && { ...each.last, status: statusShown(each.last.status, each.last, each.theirRead) }
    return { ...each, last, name, contact, presence: this.#roster.presence(each.jid) }
  }

  #isWanted(item: ConversationItem): boolean {
    if (this.filter === 'unread' && item.unread === 0) return false
    const wanted = this.query.trim().toLocaleLowerCase()
    return wanted === '' || item.name.toLocaleLowerCase().includes(wanted) || item.jid.includes(wanted)
  }

  item(id: ConversationId): ConversationItem | null {
    return this.#all.find((item) => item.id === id) ?? null
  }

  async openAddress(text: string): ReturnType<ConversationsSurface['openAddress']> {
    const checked = checkAddress(text)
    if (!checked.ok) return checked
    if (checked.jid === this.#self) return { ok: false, why: 'own' }
    const result = await this.#engine.execute({ do: 'open', jid: checked.jid })
    if (!result.ok) return result
    const id = result.id ?? ''
    await this.reload([id])
    return { ok: true, id }
  }

  neighbour(id: ConversationId | null, step: 1 | -1): ConversationId | null {
    const { items } = this
    const at = items.findIndex((item) => item.id === id)
    if (at < 0) return items[0]?.id ?? null
    return items[at + step]?.id ?? null
  }
}

function activity(each: Conversation): number {
  return Math.max(each.last?.at ?? 0, each.last ? 0 : each.createdAt, each.draft === '' ? 0 : each.draftAt)
}
