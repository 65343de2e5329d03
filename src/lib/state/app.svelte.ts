/** All of state: joins what everybody needs to the account that is open, whose code comes only then. */
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import type { ConversationId } from '#model/message.ts'
import type { OpenAccount } from '#sync/account.ts'
import type { Chat } from './chat.svelte.ts'
import { Session, type SessionDefaults } from './session.svelte.ts'
import type { Setting } from './setting.svelte.ts'
import type { AppSurface, ConversationsSurface, Outcome, RosterSurface, UpdateSurface } from './surface.ts'
import type { Text } from './text.svelte.ts'

const nobody: Outcome = { ok: false, failure: { what: 'unexpected', remedy: 'ask', cause: 'signed out' } }
const refuse = (): Promise<Outcome> => Promise.resolve(nobody)

/** What screens see while nobody is signed in. */
const noRoster: RosterSurface = {
  contacts: [],
  requests: [],
  contact: () => null,
  presence: () => ({ availability: 'offline', status: '' }),
  add: refuse,
  rename: refuse,
  remove: refuse,
  accept: refuse,
  decline: refuse,
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
  #account = $state.raw<Account | null>(null)
  #wanted: ConversationId | null = null
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
    this.session = new Session(defaults, {
      opened: (account) => this.#open(account),
      closed: () => {
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

  get announcer(): AppSurface['announcer'] {
    return this.#account?.announcer ?? { latest: '' }
  }

  get open(): AppSurface['open'] {
    return this.#account?.open ?? null
  }

  async #open(open: OpenAccount): Promise<void> {
    const { Chat } = await import('./chat.svelte.ts')
    const account = new Chat(open, this.#clock, this.text, this.#tab)
    await account.load()
    // Read while the code that draws it is still on its way.
    void account.openConversation(this.#wanted)
    this.#account = account
  }

  async openConversation(id: ConversationId | null): Promise<void> {
    this.#wanted = id
    await this.#account?.openConversation(id)
  }

  /** Committed changes, from here or from the leading tab. */
  changed(changes: readonly Change[]): void {
    this.#account?.changed(changes)
  }

  /** The engine stands otherwise than before. */
  stateChanged(): void {
    if (!this.#account) return
    this.session.follow(this.#account.state)
    this.#account.stateChanged()
  }

  /** The page goes away now: nothing can be waited for. */
  leave(): void {
    this.#account?.leave()
  }

  /** The page is hidden: what was typed is stored now. */
  async flush(): Promise<void> {
    await this.#account?.flush()
  }
}
