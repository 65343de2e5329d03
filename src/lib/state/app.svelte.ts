/** All of state: joins its parts to the open account, and gives each what changed. */
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import type { ConversationId } from '#model/message.ts'
import type { OpenAccount } from '#sync/account.ts'
import { Announcer } from './announcer.svelte.ts'
import { Composer } from './composer.svelte.ts'
import { Conversations } from './conversations.svelte.ts'
import { Roster } from './roster.svelte.ts'
import { Session, type SessionDefaults } from './session.svelte.ts'
import type { Setting } from './setting.svelte.ts'
import type {
  AppSurface,
  ConversationItem,
  ConversationsSurface,
  Outcome,
  RosterSurface,
  UpdateSurface,
} from './surface.ts'
import type { Text } from './text.svelte.ts'
import { Timeline } from './timeline.svelte.ts'

interface Opened {
  readonly id: ConversationId
  readonly timeline: Timeline
  readonly composer: Composer
}

interface Account {
  readonly open: OpenAccount
  readonly roster: Roster
  readonly conversations: Conversations
}

const nobody: Outcome = { ok: false, failure: { what: 'unexpected', remedy: 'ask', cause: 'signed out' } }

/** What screens see while nobody is signed in. */
const noRoster: RosterSurface = {
  contacts: [],
  requests: [],
  contact: () => null,
  presence: () => ({ availability: 'offline', status: '' }),
  add: () => Promise.resolve(nobody),
  rename: () => Promise.resolve(nobody),
  remove: () => Promise.resolve(nobody),
  accept: () => Promise.resolve(nobody),
  decline: () => Promise.resolve(nobody),
}
const noConversations: ConversationsSurface = {
  isLoaded: false,
  items: [],
  filter: 'all',
  query: '',
  totalUnread: 0,
  item: () => null,
  openAddress: () => Promise.resolve({ ok: false, why: 'empty' }),
  neighbour: () => null,
}

export class App implements AppSurface {
  readonly session: Session
  readonly setting: Setting
  readonly text: Text
  readonly update: UpdateSurface
  readonly announcer: Announcer
  #account = $state.raw<Account | null>(null)
  #opened = $state.raw<Opened | null>(null)
  readonly #clock: Clock
  readonly #tab: string

  constructor(
    defaults: SessionDefaults,
    text: Text,
    setting: Setting,
    update: UpdateSurface,
    clock: Clock,
    tab: string,
  ) {
    this.text = text
    this.setting = setting
    this.update = update
    this.#clock = clock
    this.#tab = tab
    this.announcer = new Announcer(clock, text)
    this.session = new Session(defaults, {
      opened: (account) => this.#open(account),
      closed: () => {
        this.#opened = null
        this.#account = null
      },
    })
  }

  get conversations(): ConversationsSurface {
    return this.#account?.conversations ?? noConversations
  }

  get roster(): RosterSurface {
    return this.#account?.roster ?? noRoster
  }

  get open(): AppSurface['open'] {
    const opened = this.#opened
    const item: ConversationItem | null = opened ? this.conversations.item(opened.id) : null
    return opened && item ? { item, timeline: opened.timeline, composer: opened.composer } : null
  }

  async #open(open: OpenAccount): Promise<void> {
    const roster = new Roster(open.database, open.engine)
    const conversations = new Conversations(open.database, open.engine, roster, open.row.jid)
    await Promise.all([roster.load(), conversations.load()])
    this.#account = { open, roster, conversations }
  }

  async openConversation(id: ConversationId | null): Promise<void> {
    if (this.#opened?.id === id) return
    await this.#opened?.composer.flush()
    const account = this.#account
    const item = id === null ? null : (account?.conversations.item(id) ?? null)
    if (!account || !item) {
      this.#opened = null
      return
    }
    const { open, conversations } = account
    const timeline = new Timeline(item.id, item.jid, open.row.jid, open.database, open.engine, conversations)
    const composer = new Composer(item.id, item.draft, open.engine, this.#clock, this.#tab)
    this.#opened = { id: item.id, timeline, composer }
    await timeline.load()
  }

  /** Committed changes, from here or from the leading tab. */
  changed(changes: readonly Change[]): void {
    const account = this.#account
    if (!account) return
    this.#opened?.timeline.apply(changes)
    const kinds = new Set(changes.map((change) => change.kind))
    if (kinds.has('roster')) void account.roster.loadContacts()
    if (kinds.has('presence')) void account.roster.loadPresence()
    if (kinds.has('subscription')) void account.roster.loadRequests()
    const ids = new Set(changes.flatMap((change) => (change.kind === 'conversation' ? [change.id] : [])))
    if (ids.size > 0) void account.conversations.reload(ids).then(() => this.#adoptDraft(changes))
    void this.announcer.hear(changes, this.#opened?.id ?? null, account.open.database, account.conversations)
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
    const { open } = this.#account ?? {}
    if (open) this.session.follow(open.engine.state)
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
