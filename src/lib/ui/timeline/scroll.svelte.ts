/**
 * The only owner of the timeline's scroll position: keeps what is read where it stands while rows come and go,
 * stays at the end while the person is there, opens at the unread divider, and asks for more rows near the borders.
 * The browser's own scroll anchoring is off: it is missing in WebKit and guesses differently everywhere.
 */
import { untrack } from 'svelte'
import type { TimelineSurface } from '#state/surface.ts'
import { firstBelow, isAtEnd, revealShift, shiftOf, wanted, type Mark, type Metrics } from './anchor.ts'

/** Class of every row's element, in document order; `data-key` holds its key. */
export const rowClass = 'timeline-row'

/** Where the unread divider stands when a conversation opens, as a share of the viewport's height. */
const unreadShare = 0.2

/** ms before more is asked for after an answer that brought no rows. */
const patience = 1000

export class TimelineScroll {
  /** The newest message is in sight (within `endSlack`), and there is nothing newer than the window. */
  isAtEnd = $state(true)

  readonly #timeline: TimelineSurface
  #viewport: HTMLElement | null = null
  #rows: HTMLCollectionOf<Element> | null = null
  #marks: readonly Mark[] = []
  #isOpened = false
  #size = { client: 0, content: 0 }
  /** `hasNewer` of the rows that are drawn; the surface may already be ahead of the document. */
  #drawnHasNewer = false
  #isAsking = false
  #onLook: () => void = () => undefined

  constructor(timeline: TimelineSurface) {
    this.#timeline = timeline
  }

  /** Watches the viewport and its content; `onLook` is told after each scroll and each change. Returns the end of it. */
  attach(viewport: HTMLElement, content: HTMLElement, onLook: () => void): () => void {
    this.#viewport = viewport
    this.#rows = content.getElementsByClassName(rowClass)
    this.#onLook = onLook
    const onScroll = () => {
      if (this.#isResized()) this.hold()
      else this.#look()
    }
    const observer = new ResizeObserver(() => this.hold())
    observer.observe(viewport)
    observer.observe(content)
    viewport.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      viewport.removeEventListener('scroll', onScroll)
      this.#viewport = null
      this.#rows = null
    }
  }

  /** Before the rows change: notes what is in sight. */
  remember(): void {
    if (this.#isOpened && this.#isLaidOut() && !this.#isResized()) this.#note()
  }

  /** After rows or sizes changed, before the next paint: puts what was in sight where it was, or stays at the end. */
  hold(): void {
    const viewport = this.#viewport
    if (viewport === null || !this.#isOpened || !this.#isLaidOut()) return
    if (this.isAtEnd) this.#move(viewport.scrollHeight)
    else {
      const shift = shiftOf(this.#marks, (key) => this.#topOf(key))
      if (shift !== null && shift !== 0) this.#move(viewport.scrollTop + shift)
    }
    this.#settle()
  }

  /** Once, when the first rows are drawn: at the divider where there is one and it would be out of sight, else at the end. */
  open(unreadKey: string | null): void {
    const viewport = this.#viewport
    if (viewport === null) return
    this.#isOpened = true
    this.#move(viewport.scrollHeight)
    const top = unreadKey === null ? undefined : this.#topOf(unreadKey)
    const start = viewport.clientHeight * unreadShare
    if (top !== undefined && top < start) this.#move(viewport.scrollTop + top - start)
    this.#drawnHasNewer = untrack(() => this.#timeline.hasNewer)
    this.#note()
    this.#settle()
  }

  /** From now on at the end, whatever comes. The rows of the newest message must be drawn already. */
  toEnd(): void {
    if (this.#viewport === null) return
    this.isAtEnd = true
    this.#move(this.#viewport.scrollHeight)
    this.#settle()
  }

  /** What is in sight stays there through the next change of size, even at the end: something unfolds. */
  stay(): void {
    this.#marks = this.#marksInSight()
    this.isAtEnd = false
  }

  /** Brings a row into sight. `margin`: px kept free above and below it. */
  reveal(element: Element, margin: number): void {
    const viewport = this.#viewport
    if (viewport === null) return
    const frame = viewport.getBoundingClientRect()
    const box = element.getBoundingClientRect()
    const shift = revealShift(box.top - frame.top, box.bottom - frame.top, frame.height, margin)
    if (shift !== 0) this.#move(viewport.scrollTop + shift)
    this.#look()
  }

  /** Key of the lowest row whose end is in sight; null: none. */
  lastInSight(): string | null {
    const viewport = this.#viewport
    if (viewport === null) return null
    const below = this.#firstBelow(viewport.clientHeight + 1)
    return this.#keyAt(Math.max(0, below - 1))
  }

  isInSight(element: Element): boolean {
    if (this.#viewport === null) return false
    const frame = this.#viewport.getBoundingClientRect()
    const box = element.getBoundingClientRect()
    return box.bottom > frame.top && box.top < frame.bottom
  }

  #metrics(): Metrics {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = this.#viewport ?? {}
    return { scrollTop, scrollHeight, clientHeight }
  }

  #isResized(): boolean {
    const { scrollHeight, clientHeight } = this.#metrics()
    return this.#size.client !== clientHeight || this.#size.content !== scrollHeight
  }

  /** False while the conversation is hidden, on a phone behind the list: nothing can be measured, what is known stays. */
  #isLaidOut(): boolean {
    return (this.#viewport?.clientHeight ?? 0) > 0
  }

  #move(to: number): void {
    if (this.#viewport) this.#viewport.scrollTop = to
  }

  #note(): void {
    this.isAtEnd = isAtEnd(this.#metrics()) && !this.#drawnHasNewer
    this.#marks = this.isAtEnd ? [] : this.#marksInSight()
  }

  #look(): void {
    if (!this.#isOpened || !this.#isLaidOut()) return
    this.#note()
    this.#onLook()
    this.#ask()
  }

  /** Takes the document as it now stands for what is known. */
  #settle(): void {
    const { scrollHeight, clientHeight } = this.#metrics()
    this.#size = { client: clientHeight, content: scrollHeight }
    this.#drawnHasNewer = untrack(() => this.#timeline.hasNewer)
    if (this.#drawnHasNewer && this.isAtEnd) this.#note()
    this.#onLook()
    this.#ask()
  }

  #marksInSight(): readonly Mark[] {
    const viewport = this.#viewport
    if (viewport === null || this.#rows === null) return []
    const marks: Mark[] = []
    const top = viewport.getBoundingClientRect().top
    for (let at = this.#firstBelow(0); at < this.#rows.length; at++) {
      const row = this.#rows[at]!
      const distance = row.getBoundingClientRect().top - top
      if (distance > viewport.clientHeight) break
      marks.push({ key: keyOf(row), top: distance })
    }
    return marks
  }

  /** Index of the first row that ends below a line `line` px under the viewport's top. */
  #firstBelow(line: number): number {
    const rows = this.#rows
    if (rows === null || this.#viewport === null) return 0
    const top = this.#viewport.getBoundingClientRect().top
    return firstBelow(rows.length, (at) => rows[at]!.getBoundingClientRect().bottom - top, line)
  }

  #keyAt(index: number): string | null {
    const row = this.#rows?.[index]
    return row === undefined ? null : keyOf(row)
  }

  #topOf(key: string): number | undefined {
    const row = this.#rows?.namedItem(rowId(key))
    if (!row || this.#viewport === null) return undefined
    return row.getBoundingClientRect().top - this.#viewport.getBoundingClientRect().top
  }

  /** Asks for more rows where a border of the window is near. One question at a time; again only when the rows changed. */
  #ask(): void {
    if (!this.#isLaidOut()) return
    const timeline = this.#timeline
    const want = wanted(this.#metrics())
    untrack(() => {
      if (this.#isAsking || !timeline.isLoaded) return
      const older = want.older && timeline.hasOlder && !timeline.isLoadingOlder && timeline.olderFailure === null
      const newer = want.newer && timeline.hasNewer
      if (!older && !newer) return
      const rows = timeline.rows
      this.#isAsking = true
      // At the very end of an unfinished window the way on is down.
      const isDown = newer && (!older || isAtEnd(this.#metrics()))
      void (isDown ? timeline.loadNewer() : timeline.loadOlder()).finally(() => {
        this.#isAsking = false
        if (timeline.rows !== rows) this.#ask()
        // Pages without anything to show: go on, but slowly, or a short window would wait for a scroll that cannot come.
        else window.setTimeout(() => this.#ask(), patience)
      })
    })
  }
}

/** The `id` of a row's element. */
export function rowId(key: string): string {
  return `row-${key}`
}

/** The key of a row's element; empty where it is none. */
export function keyOf(element: Element): string {
  return element.getAttribute('data-key') ?? ''
}
