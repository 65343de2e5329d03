/**
 * What screens show of the account that is signed in: its roster, its conversations, the one that is open, and what is
 * spoken of them. Loaded once somebody is signed in; who that is, is left to session.svelte.ts.
 */
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import type { ConversationId } from '#model/message.ts'
import type { OpenAccount } from '#sync/account.ts'
import { Announcer } from './announcer.svelte.ts'
import { Composer } from './composer.svelte.ts'
import { Conversations } from './conversations.svelte.ts'
import { Roster } from './roster.svelte.ts'
import type { AppSurface } from './surface.ts'
import type { Text } from './text.svelte.ts'
import { Timeline } from './timeline.svelte.ts'

interface Opened {
  readonly id: ConversationId
  readonly timeline: Timeline
  readonly composer: Composer
}

export class Account {
  readonly roster: Roster
  readonly conversations: Conversations
  readonly announcer: Announcer
  readonly #open: OpenAccount
  readonly #clock: Clock
  readonly #tab: string
  #opened = $state.raw<Opened | null>(null)
  #wanted: ConversationId | null = null

  constructor(open: OpenAccount, clock: Clock, text: Text, tab: string) {
    this.#open = open
    this.#clock = clock
    this.#tab = tab
    this.roster = new Roster(open.database, open.engine)
    this.conversations = new Conversations(open.database, open.engine, this.roster, open.row.jid)
    this.announcer = new Announcer(clock, text)
  }

  async load(): Promise<void> {
    await Promise.all([this.roster.load(), this.conversations.load()])
  }

  get state(): OpenAccount['engine']['state'] {
    return this.#open.engine.state
  }

  get open(): AppSurface['open'] {
    const opened = this.#opened
    const item = opened ? this.conversations.item(opened.id) : null
    return opened && item ? { item, timeline: opened.timeline, composer: opened.composer } : null
  }

  async openConversation(id: ConversationId | null): Promise<void> {
    this.#wanted = id
    if (this.#opened?.id === id) return
    // Its draft must be stored before it can be opened again; meanwhile the person may have gone on to another.
    await this.#opened?.composer.flush()
    if (this.#wanted !== id) return
    const item = id === null ? null : this.conversations.item(id)
    if (!item) {
      this.#opened = null
      return
    }
    const { database, engine, row } = this.#open
    const timeline = new Timeline(item.id, item.jid, row.jid, database, engine, this.conversations)
    const composer = new Composer(item.id, item.draft, engine, this.#clock, this.#tab)
    this.#opened = { id: item.id, timeline, composer }
    await timeline.load()
  }

  /** Committed changes, from here or from the leading tab. */
  changed(changes: readonly Change[]): void {
    this.#opened?.timeline.apply(changes)
    const kinds = new Set(changes.map((change) => change.kind))
    if (kinds.has('roster')) void this.roster.loadContacts()
    if (kinds.has('presence')) void this.roster.loadPresence()
    if (kinds.has('subscription')) void this.roster.loadRequests()
    const ids = new Set(changes.flatMap((change) => (change.kind === 'conversation' ? [change.id] : [])))
    if (ids.size > 0) void this.conversations.reload(ids).then(() => this.#adoptDraft(changes))
    void this.announcer.hear(changes, this.#opened?.id ?? null, this.#open.database, this.conversations)
  }

  #adoptDraft(changes: readonly Change[]): void {
    const opened = this.#opened
    const isForeign = changes.some(
      (change) => change.kind === 'draft' && change.id === opened?.id && change.tab !== this.#tab,
    )
    if (opened && isForeign) opened.composer.adopt(this.conversations.item(opened.id)?.draft ?? '')
  }

  /** The engine stands otherwise than before. */
  stateChanged(): void {
    void this.#opened?.timeline.archiveChanged()
  }

  /** The page goes away now: nothing can be waited for. */
  leave(): void {
    this.#opened?.composer.leave()
  }

  /** What was typed is stored now. */
  async flush(): Promise<void> {
    await this.#opened?.composer.flush()
  }
}
