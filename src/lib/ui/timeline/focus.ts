/**
 * Keyboard focus in the timeline: one tab stop for all rows, arrows between them, and never lost when rows go away.
 * Where to go is roving.ts; moving the view is scroll.svelte.ts.
 */
import { moveTo, survivorOf, type Move } from './roving.ts'
import { keyOf, rowClass, rowId, type TimelineScroll } from './scroll.svelte.ts'

/** px kept free around a focused row: the sticky date and the shadow of the composer. */
const margin = 44

export class TimelineFocus {
  readonly #scroll: TimelineScroll
  readonly #keys: () => readonly string[]
  readonly #onlost: () => void
  #feed: HTMLElement | null = null
  /** The row that has focus or had it last. */
  #current: string | null = null
  /** The rows before a change, while the focus is among them. */
  #before: readonly string[] | null = null

  /** `onlost`: no row is left that could take the focus. */
  constructor(scroll: TimelineScroll, keys: () => readonly string[], onlost: () => void) {
    this.#scroll = scroll
    this.#keys = keys
    this.#onlost = onlost
  }

  attach(feed: HTMLElement): () => void {
    this.#feed = feed
    const onFocus = (event: FocusEvent) => this.#enter(event.target as Element)
    // While a row has focus the list itself is no tab stop: Shift+Tab leaves the timeline.
    const onBlur = (event: FocusEvent) => {
      if (!feed.contains(event.relatedTarget as Node | null)) feed.tabIndex = 0
    }
    feed.addEventListener('focusin', onFocus)
    feed.addEventListener('focusout', onBlur)
    return () => {
      feed.removeEventListener('focusin', onFocus)
      feed.removeEventListener('focusout', onBlur)
      this.#feed = null
    }
  }

  /** From the row that has the focus, or from what is in sight. */
  move(move: Move): void {
    const at = this.#rowOf(document.activeElement)
    const isHere = at !== null && this.#scroll.isInSight(at)
    this.go(moveTo(this.#keys(), isHere ? keyOf(at) : null, move, this.#scroll.lastInSight()))
  }

  /** Focuses a row and brings it into sight. */
  go(key: string | null): void {
    const row = key === null ? null : document.getElementById(rowId(key))
    if (row === null) return
    row.focus({ preventScroll: true })
    this.#scroll.reveal(row, margin)
  }

  /** Focuses the row that was used last if it is in sight, else the last one that is. */
  enter(): void {
    const used = this.#current === null ? null : document.getElementById(rowId(this.#current))
    if (used && this.#scroll.isInSight(used)) used.focus({ preventScroll: true })
    else this.go(this.#scroll.lastInSight() ?? this.#keys().at(-1) ?? null)
  }

  /** Before the rows change. */
  remember(): void {
    const within = document.activeElement
    const isOurs = within !== null && this.#feed !== null && this.#feed.contains(within)
    this.#before = isOurs ? this.#keys() : null
  }

  /** After the rows changed: a row that went away, or was put elsewhere, hands its focus on. */
  restore(drawn: readonly string[]): void {
    const before = this.#before
    this.#before = null
    if (before === null || this.#feed === null) return
    const now = document.activeElement
    if (now !== null && now !== document.body) return
    const key = this.#current === null ? null : survivorOf(before, drawn, this.#current)
    const row = key === null ? null : document.getElementById(rowId(key))
    const target = row ?? this.#feed
    target.focus({ preventScroll: true })
    if (!this.#feed.contains(document.activeElement)) this.#onlost()
  }

  /** A button inside a row goes away: the row keeps its focus. */
  hold(key: string): void {
    document.getElementById(rowId(key))?.focus({ preventScroll: true })
  }

  #enter(target: Element): void {
    if (this.#feed === null) return
    const row = this.#rowOf(target)
    if (row !== null) {
      this.#current = keyOf(row)
      this.#feed.tabIndex = -1
    } else if (target === this.#feed && target.matches(':focus-visible')) {
      // Tab leads to a message; a click between messages leads nowhere.
      this.enter()
    }
  }

  #rowOf(element: Element | null): Element | null {
    const row = element?.closest(`.${rowClass}`) ?? null
    return row !== null && this.#feed?.contains(row) ? row : null
  }
}
