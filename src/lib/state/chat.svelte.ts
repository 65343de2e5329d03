/**
 * What is on screen of one open account: joins its parts, and gives each what changed. Loaded once somebody is signed in;
 * what stands before that is app.svelte.ts.
 */
import type { Page } from '#model/attention.ts'
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import type { ConversationId, LocalId } from '#model/message.ts'
import type { OpenAccount } from '#sync/account.ts'
import { Announcer } from './announcer.svelte.ts'
import { Attention } from './attention.ts'
import { Composer } from './composer.svelte.ts'
import { Conversations } from './conversations.svelte.ts'
import { Roster, rosterParts } from './roster.svelte.ts'
import type { AppSurface } from './surface.ts'
import type { Text } from './text.svelte.ts'
import { Timeline } from './timeline.svelte.ts'

interface Opened {
  readonly id: ConversationId
  readonly timeline: Timeline
  readonly composer: Composer
}

export class Chat {
  readonly roster: Roster
  readonly conversations: Conversations
  readonly announcer: Announcer
  readonly #attention: Attention
  #opened = $state.raw<Opened | null>(null)
  #wanted: ConversationId | null = null
  readonly #account: OpenAccount
  readonly #clock: Clock
  readonly #tab: string

  constructor(account: OpenAccount, text: Text, page: Page, clock: Clock, tab: string) {
    this.#account = account
    this.#clock = clock
    this.#tab = tab
    this.announcer = new Announcer(clock, text)
    this.#attention = new Attention(page, clock, (look) => account.engine.look(look))
    this.roster = new Roster(account.database, account.engine)
    this.conversations = new Conversations(account.database, account.engine, this.roster, account.address.jid)
  }

  async load(): Promise<void> {
    await Promise.all([this.roster.load(), this.conversations.load()])
    this.#attention.start()
  }

  stop(): void {
    this.#attention.stop()
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
    await this.flush()
    if (this.#wanted !== id) return
    const item = id === null ? null : this.conversations.item(id)
    this.#attention.shows(item?.id ?? null, null)
    if (!item) {
      this.#opened = null
      return
    }
    const { database, engine, address } = this.#account
    const shown = (seen: LocalId | null): void => {
      // The rows of the conversation before are taken away after this one was opened.
      if (this.#opened?.timeline === timeline) this.#attention.shows(item.id, seen)
    }
    const timeline: Timeline = new Timeline(item.id, item.jid, address.jid, database, engine, this.conversations, shown)
    const composer = new Composer(item.id, item.draft, engine, this.#clock, this.#tab)
    this.#opened = { id: item.id, timeline, composer }
    await timeline.load()
  }

  /** Committed changes, from here or from the leading tab. */
  changed(changes: readonly Change[]): void {
    this.#opened?.timeline.apply(changes)
    const kinds = new Set(changes.map((change) => change.kind))
    if (kinds.has('everything'))
      void Promise.all([this.roster.load(), this.conversations.load()]).then(() => this.#adoptDraft(changes))
    const parts = rosterParts.filter((part) => kinds.has(part))
    if (parts.length > 0) void this.roster.reload(parts)
    const ids = new Set(changes.flatMap((change) => (change.kind === 'conversation' ? [change.id] : [])))
    if (ids.size > 0) void this.conversations.reload(ids).then(() => this.#adoptDraft(changes))
    void this.announcer.hear(changes, this.#opened?.id ?? null, this.#account.database, this.conversations)
  }

  #adoptDraft(changes: readonly Change[]): void {
    const opened = this.#opened
    const isForeign = changes.some(
      (change) =>
        change.kind === 'everything' ||
        (change.kind === 'draft' && change.id === opened?.id && change.tab !== this.#tab),
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

  /** The page is hidden: what was typed is stored now. */
  async flush(): Promise<void> {
    await this.#opened?.composer.flush()
  }
}
