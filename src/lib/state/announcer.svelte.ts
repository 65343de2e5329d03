/** What a screen reader is told of new messages: each once, at most one sentence in three seconds. */
import type { Change } from '#model/change.ts'
import type { Clock } from '#model/clock.ts'
import { textOf } from '#model/message.ts'
import type { AccountDatabase } from '#storage/database.ts'
import { readMessage } from '#storage/read/message.ts'
import type { Conversations } from './conversations.svelte.ts'
import type { AnnouncerSurface } from './surface.ts'
import type { Text } from './text.svelte.ts'

const pause = 3_000
const longest = 300

export class Announcer implements AnnouncerSurface {
  latest = $state('')
  readonly #clock: Clock
  readonly #text: Text
  #waiting = 0
  #isQuiet = true

  constructor(clock: Clock, text: Text) {
    this.#clock = clock
    this.#text = text
  }

  /** Only what is new, from others and in the open conversation is spoken. */
  async hear(
    changes: readonly Change[],
    open: string | null,
    account: AccountDatabase,
    conversations: Conversations,
  ): Promise<void> {
    const fresh = changes.filter(
      (change) => change.kind === 'message-stored' && change.isNews && !change.isOwn && change.conversation === open,
    )
    if (fresh.length === 0) return
    if (!this.#isQuiet || fresh.length > 1) return this.#count(fresh.length)
    const [change] = fresh
    if (change?.kind !== 'message-stored') return
    const message = await readMessage(account, change.localId)
    const text = message ? textOf(message) : null
    if (text === null) return
    const name = conversations.item(change.conversation)?.name ?? ''
    this.#say(this.#text.t('timeline.announce', { name, text: [...text].slice(0, longest).join('') }))
  }

  #count(more: number): void {
    this.#waiting += more
    if (this.#isQuiet) this.#flush()
  }

  #flush(): void {
    const count = this.#waiting
    this.#waiting = 0
    if (count > 0) this.#say(this.#text.t('timeline.announceMany', { count }))
  }

  #say(sentence: string): void {
    this.latest = sentence
    this.#isQuiet = false
    this.#clock.after(pause, () => {
      this.#isQuiet = true
      this.#flush()
    })
  }
}
