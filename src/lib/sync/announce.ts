/**
 * What a commit changed, told to all tabs by number, so that a tab that slept, or was held by a dialog, finds out that it
 * missed something and looks at everything again. What becomes of it on screen is left to the listener.
 */
import type { Change } from '#model/change.ts'
import type { Network } from '#model/network.ts'

export interface Announced {
  readonly kind: 'changed'
  readonly changes: readonly Change[]
  readonly number: number
}

export interface AnnounceListener {
  changed(changes: readonly Change[]): void
  /** Something was missed, and is made up for by looking at everything. */
  missed(): void
}

/** Announcements of one leader are numbered from a multiple of this on: more than it lives to make. */
const room = 2 ** 24

const everything: readonly Change[] = [{ kind: 'everything' }]

export class Announcements {
  readonly #network: Network
  readonly #post: (announced: Announced) => void
  readonly #listener: AnnounceListener
  /** The last one that was made or heard; null: none. */
  #number: number | null = null
  #hasMissed = false
  /** Ends the watch over the page's sleep. */
  readonly stop: () => void

  constructor(network: Network, post: (announced: Announced) => void, listener: AnnounceListener) {
    this.#network = network
    this.#post = post
    this.#listener = listener
    this.stop = network.onChange(() => this.#wake())
  }

  get number(): number | null {
    return this.#number
  }

  /**
   * This tab leads from now on. Nothing of an earlier leader is written any more, but what it wrote last it may not have
   * told: all look again, and this tab unless it `isFresh` and has just read it all.
   */
  begin(epoch: number, isFresh: boolean): void {
    this.#number = epoch * room
    this.#post({ kind: 'changed', changes: everything, number: this.#number })
    if (!isFresh) this.#listener.changed(everything)
  }

  /** As leader, after a commit. */
  tell(changes: readonly Change[]): void {
    this.#listener.changed(changes)
    this.#number = (this.#number ?? 0) + 1
    this.#post({ kind: 'changed', changes, number: this.#number })
  }

  /** From another tab that leads, or did: what a former leader told late is part of what its successor began with. */
  hear({ changes, number }: Announced): void {
    if (this.#isPast(number)) return
    const isNext = this.#number === null || this.#number + 1 === number
    // A read begun asleep would hold up every writer (asleep.ts).
    if (!isNext || this.#network.isFrozen()) return this.#miss(number)
    this.#number = number
    this.#listener.changed(changes)
  }

  /** As follower: so much was announced by now. */
  compare(number: number): void {
    if (this.#isPast(number)) return
    if (this.#number === null) this.#number = number
    else if (this.#number !== number) this.#miss(number)
  }

  /** Something else was told in its sleep, and is to be asked for when it wakes. */
  slept(): void {
    this.#hasMissed = true
  }

  /** Of a leader before the one that was heard last. */
  #isPast(number: number): boolean {
    return Math.floor(number / room) < Math.floor((this.#number ?? 0) / room)
  }

  #miss(number: number): void {
    this.#number = number
    this.#hasMissed = true
    this.#wake()
  }

  /** The page may have woken. */
  #wake(): void {
    if (!this.#hasMissed || this.#network.isFrozen()) return
    this.#hasMissed = false
    this.#listener.missed()
    this.#listener.changed(everything)
  }
}
