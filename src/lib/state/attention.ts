/** Tells the leader what the person of this tab sees: the page, the conversation on it, and what of it is news. */
import { tellEvery, type Look, type Page } from '#model/attention.ts'
import type { Clock } from '#model/clock.ts'
import type { ConversationId, LocalId } from '#model/message.ts'

export class Attention {
  readonly #page: Page
  readonly #clock: Clock
  readonly #look: (look: Look) => void
  #conversation: ConversationId | null = null
  #seen: LocalId | null = null
  #unlisten: () => void = () => undefined
  #cancel: () => void = () => undefined

  constructor(page: Page, clock: Clock, look: (look: Look) => void) {
    this.#page = page
    this.#clock = clock
    this.#look = look
  }

  start(): void {
    this.#unlisten = this.#page.onChange(() => this.#tell())
    this.#tell()
  }

  stop(): void {
    this.#unlisten()
    this.#cancel()
  }

  /** `seen`: the newest message, where it is in sight and unread. */
  shows(conversation: ConversationId | null, seen: LocalId | null): void {
    if (this.#conversation === conversation && this.#seen === seen) return
    this.#conversation = conversation
    this.#seen = seen
    this.#tell()
  }

  #tell(): void {
    this.#cancel()
    const look = this.#page.look()
    this.#look({ ...look, conversation: this.#conversation, seen: this.#seen })
    // Only what can be seen must be told again; timers of hidden pages are throttled, and nothing waits for them.
    if (look.isVisible) this.#cancel = this.#clock.after(tellEvery, () => this.#tell())
  }
}
