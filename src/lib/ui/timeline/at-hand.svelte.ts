/** Which rows are at hand: the one under the pointer and the one with the focus in it. Only they carry what acts on them. */
import { keyOf, rowClass } from './scroll.svelte.ts'

export class AtHand {
  #pointed = $state<string | null>(null)
  #focused = $state<string | null>(null)

  has(key: string): boolean {
    return key === this.#pointed || key === this.#focused
  }

  /** Watches the rows in an element, for as long as that lives. */
  attach(feed: HTMLElement): void {
    feed.addEventListener('pointerover', ({ pointerType, target }) => {
      // A finger has no place over a row: it presses longer instead (long-press.ts).
      if (pointerType !== 'touch') this.#pointed = keyUnder(target)
    })
    feed.addEventListener('pointerleave', () => (this.#pointed = null))
    // What has the focus may go away while a change is drawn, where nothing else may change.
    const look = (): void => queueMicrotask(() => (this.#focused = keyUnder(document.activeElement)))
    feed.addEventListener('focusin', look)
    feed.addEventListener('focusout', look)
  }
}

function keyUnder(target: EventTarget | null): string | null {
  const row = target instanceof Element ? target.closest(`.${rowClass}`) : null
  return row === null ? null : keyOf(row)
}
