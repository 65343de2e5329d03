/**
 * What the person looks at in all tabs, for the leader alone: from it come read positions and what the server is told of
 * our activity. Tabs tell; nothing here asks them, and no timer of a hidden tab is needed.
 */
import { presentFor, tellEvery, type Look } from '#model/attention.ts'
import type { Clock } from '#model/clock.ts'
import type { ConversationId, LocalId } from '#model/message.ts'

/** ms that nobody may look before the server hears of it. */
const patience = 60_000

export interface AttentionListener {
  /** A present person has this message before their eyes, and with it all before it. False: it could not be noted. */
  seen(conversation: ConversationId, localId: LocalId): Promise<boolean>
  /** Some tab can be seen, or none has been for a while. Somebody is taken to look at the beginning. */
  looking(isLooking: boolean): void
}

interface Told {
  readonly look: Look
  /** By Clock.monotonic(). */
  readonly at: number
}

export class Attention {
  readonly #clock: Clock
  readonly #listener: AttentionListener
  /** Tabs that can be seen. */
  readonly #told = new Map<string, Told>()
  readonly #seen = new Map<ConversationId, LocalId>()
  #isLooking = true
  #isEnding = false
  #cancel: () => void = () => undefined

  constructor(clock: Clock, listener: AttentionListener) {
    this.#clock = clock
    this.#listener = listener
    this.#judge()
  }

  /** null: the tab is gone. */
  report(tab: string, look: Look | null): void {
    if (look?.isVisible) this.#told.set(tab, { look, at: this.#clock.monotonic() })
    else this.#told.delete(tab)
    this.#judge()
    if (look?.conversation && look.seen !== null && this.isWatched(look.conversation)) {
      this.#see(look.conversation, look.seen)
    }
  }

  /** A present person has this conversation on screen, in a window that has the focus. */
  isWatched(conversation: ConversationId): boolean {
    return [...this.#told.values()].some((told) => told.look.conversation === conversation && this.#isPresentIn(told))
  }

  /** The person did something a short while ago, in whichever tab. */
  get isPresent(): boolean {
    return [...this.#told.values()].some((told) => this.#isPresentIn(told))
  }

  /** A conversation that some tab shows; null: none. */
  get inSight(): ConversationId | null {
    return [...this.#told.values()].findLast(({ look }) => look.conversation !== null)?.look.conversation ?? null
  }

  stop(): void {
    this.#cancel()
    this.#told.clear()
  }

  #isPresentIn({ look, at }: Told): boolean {
    return look.hasFocus && look.idle !== null && look.idle + this.#clock.monotonic() - at < presentFor
  }

  #see(conversation: ConversationId, localId: LocalId): void {
    if (this.#seen.get(conversation) === localId) return
    this.#seen.set(conversation, localId)
    void this.#listener.seen(conversation, localId).then((isNoted) => {
      // Told again with the next sign of life.
      if (!isNoted && this.#seen.get(conversation) === localId) this.#seen.delete(conversation)
    })
  }

  /** Forgets tabs that fell silent, and tells when looking begins or has ended for a while. */
  #judge(): void {
    const now = this.#clock.monotonic()
    const silence = 2 * tellEvery
    for (const [tab, { at }] of this.#told) if (now - at >= silence) this.#told.delete(tab)
    const oldest = Math.min(...[...this.#told.values()].map(({ at }) => at))
    if (this.#told.size > 0) {
      this.#isEnding = false
      this.#wait(oldest + silence - now, () => this.#judge())
      this.#tell(true)
    } else if (this.#isLooking && !this.#isEnding) {
      this.#isEnding = true
      this.#wait(patience, () => this.#tell(false))
    }
  }

  #wait(ms: number, then: () => void): void {
    this.#cancel()
    this.#cancel = this.#clock.after(ms, then)
  }

  #tell(isLooking: boolean): void {
    if (this.#isLooking === isLooking) return
    this.#isLooking = isLooking
    this.#isEnding = false
    this.#listener.looking(isLooking)
  }
}
