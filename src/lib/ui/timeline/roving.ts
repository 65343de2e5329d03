/**
 * Which message the keyboard stands on: moves by arrows, Home and End, and the survivor when rows are trimmed or replaced.
 * Pure; focus itself is moved by Timeline.svelte.
 */

export type Move = 'up' | 'down' | 'first' | 'last'

/**
 * The key to go to; null where there is nothing to move to. Without a current key `up` and `down` start at `start`
 * (what the person sees), or at the end.
 */
export function moveTo(
  keys: readonly string[],
  current: string | null,
  move: Move,
  start: string | null = null,
): string | null {
  if (keys.length === 0) return null
  if (move === 'first') return keys[0] ?? null
  if (move === 'last') return keys.at(-1) ?? null
  const at = current === null ? -1 : keys.indexOf(current)
  if (at < 0) return start !== null && keys.includes(start) ? start : (keys.at(-1) ?? null)
  const next = move === 'up' ? at - 1 : at + 1
  return keys[Math.min(Math.max(next, 0), keys.length - 1)] ?? null
}

/**
 * Where focus goes when the rows change: the same key if it is still there, else the nearest row that is, newer first.
 * null: none of them is left, so the newest row is as good as any.
 */
export function survivorOf(before: readonly string[], after: readonly string[], current: string): string | null {
  const left = new Set(after)
  if (left.has(current)) return current
  const at = before.indexOf(current)
  if (at < 0) return null
  for (let step = 1; step < before.length; step++) {
    const newer = before[at + step]
    if (newer !== undefined && left.has(newer)) return newer
    const older = before[at - step]
    if (older !== undefined && left.has(older)) return older
  }
  return null
}
