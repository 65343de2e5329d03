// Chance that can be repeated: the same seed gives the same run as far as the machine's own timing lets it.

export interface Dice {
  /** 0 (included) to 1 (excluded). */
  roll(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** One of them. */
  pick<T>(of: readonly T[]): T
}

/** Numbers by mulberry32. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    roll,
    between: (low, high) => low + Math.floor(roll() * (high - low + 1)),
    pick: (of) => of[Math.floor(roll() * of.length)]!,
  }
}
