/**
 * The arithmetic of a scroll position that holds still: what is at the end, which row is first in sight,
 * how far to move so that what was read stays where it was. Pure; scroll.svelte.ts measures and moves.
 */

/** So near to the end (CSS px) counts as being there. */
export const endSlack = 40
/** So near to a border of the window (CSS px) more rows are asked for. */
const loadMargin = 600

export interface Metrics {
  readonly scrollTop: number
  readonly scrollHeight: number
  readonly clientHeight: number
}

/** A row in sight and the distance of its top from the top of the viewport, in CSS px. */
export interface Mark {
  readonly key: string
  readonly top: number
}

/** CSS px between the lower border of the viewport and the end of the content; never negative. */
export function gapBelow(metrics: Metrics): number {
  return Math.max(0, metrics.scrollHeight - metrics.clientHeight - metrics.scrollTop)
}

export function isAtEnd(metrics: Metrics): boolean {
  return gapBelow(metrics) <= endSlack
}

/** Index of the first row whose bottom lies below `line`; `count` where none does. Rows stand one below another. */
export function firstBelow(count: number, bottomOf: (index: number) => number, line: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (bottomOf(middle) > line) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * How much to add to scrollTop so that the first mark that is still there stands where it stood.
 * null: no mark is left. `topOf` gives the row's new distance, undefined where it is gone.
 */
export function shiftOf(marks: readonly Mark[], topOf: (key: string) => number | undefined): number | null {
  for (const mark of marks) {
    const top = topOf(mark.key)
    if (top !== undefined) return top - mark.top
  }
  return null
}

/**
 * How much to add to scrollTop so that a row is in sight, with `margin` px around it (sticky dates cover the top).
 * A row taller than the viewport is shown from its beginning.
 */
export function revealShift(top: number, bottom: number, height: number, margin: number): number {
  const isTall = bottom - top > height - margin * 2
  if (top < margin || isTall) return top - margin
  if (bottom > height - margin) return bottom - height + margin
  return 0
}

/** What more the window needs, after a look at how near its borders are. */
export function wanted(metrics: Metrics): { readonly older: boolean; readonly newer: boolean } {
  return { older: metrics.scrollTop < loadMargin, newer: gapBelow(metrics) < loadMargin }
}
