/** All of state: what there is before anybody is signed in, and the chat once somebody is. */
import type { Page } from '#model/attention.ts'
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import type { Log } from '#model/log.ts'
import type { ConversationId } from '#model/message.ts'
import type { OpenAccount } from '#sync/account.ts'
import type { Chat } from './chat.svelte.ts'
import { Session, type SessionDefaults } from './session.svelte.ts'
import type { Setting } from './setting.svelte.ts'
import type {
  AnnouncerSurface,
  AppSurface,
  ConversationsSurface,
  Outcome,
  RosterSurface,
  UpdateSurface,
} from './surface.ts'
import type { Text } from './text.svelte.ts'

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
  #chat = $state.raw<Chat | null>(null)
  #account: OpenAccount | null = null
  #wanted: ConversationId | null = null
  readonly #page: Page
  readonly #log: Log
  readonly #clock: Clock
  readonly #tab: string

  constructor(
    defaults: SessionDefaults,
    text: Text,
    setting: Setting,
    update: UpdateSurface,
    page: Page,
    log: Log,
    clock: Clock,
    tab: string,
  ) {
    this.text = text
    this.setting = setting
    this.update = update
    this.#page = page
    this.#log = log
    this.#clock = clock
    this.#tab = tab
    this.session = new Session(defaults, log, {
      opened: (account) => this.#open(account),
      closed: () => {
        this.#chat?.stop()
        this.#chat = null
        this.#account = null
      },
    })
  }

  get conversations(): ConversationsSurface {
    return this.#chat?.conversations ?? noConversations
  }

  get roster(): RosterSurface {
    return this.#chat?.roster ?? noRoster
  }

  get announcer(): AnnouncerSurface {
    return this.#chat?.announcer ?? { latest: '' }
  }

  get open(): AppSurface['open'] {
    return this.#chat?.open ?? null
  }

  async #open(account: OpenAccount): Promise<void> {
    const { Chat } = await import('./chat.svelte.ts')
    const chat = new Chat(account, this.text, this.#page, this.#clock, this.#tab)
    // Before anything is read: what another tab tells meanwhile must find somebody who reads it.
    this.#account = account
    this.#chat = chat
    await chat.load()
    // Read while the code that draws it is still on its way. Drawn with the list, both would be one task of more than 50 ms.
    void chat.openConversation(this.#wanted)
  }

  async openConversation(id: ConversationId | null): Promise<void> {
    this.#wanted = id
    await this.#chat?.openConversation(id)
  }

  async saveLog(): Promise<void> {
    const { saveLog } = await import('./log.ts')
    saveLog(this.#log.entries(), this.setting.version, this.#clock.now())
  }

  /** Committed changes, from here or from the leading tab. */
  changed(changes: readonly Change[]): void {
    this.#chat?.changed(changes)
  }

  /** The engine stands otherwise than before. */
  stateChanged(): void {
    if (this.#account) this.session.follow(this.#account.engine.state)
    this.#chat?.stateChanged()
  }

  /** The page goes away now: nothing can be waited for. */
  leave(): void {
    this.#chat?.leave()
  }

  /** The page is hidden: what was typed is stored now. */
  async flush(): Promise<void> {
    await this.#chat?.flush()
  }
}
