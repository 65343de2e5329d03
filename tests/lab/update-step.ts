// What happens around one release of the site in update.ts, said or rolled.
import type { Dice } from './engine/dice.ts'

/** What happens around one release. */
export interface Step {
  /** Tabs opened before it: where they stand. */
  opens: readonly Place[]
  /** Messages written without a connection. */
  queued: number
  /** How a first try of the release goes wrong; null: there is none. */
  fault: 'missing' | 'cut' | 'page' | null
  /** What a person does while the new worker fetches its files; `hard`: a reload past the worker. */
  meanwhile: 'nothing' | 'reload' | 'hard'
  /** How it is applied: a click in one tab, not at all (yet), or by the next start, when all tabs were closed. */
  applied: 'click' | 'later' | 'restart'
}

export type Place = 'list' | 'conversation' | 'settings'

/** A random step; the same dice give the same ones. */
export function rollStep({ roll, pick, between }: Dice): Step {
  const places: Place[] = ['list', 'conversation', 'settings']
  return {
    opens: Array.from({ length: between(0, 2) }, () => pick(places)),
    queued: between(0, 3),
    fault: roll() < 0.4 ? pick(['missing', 'cut', 'page'] as const) : null,
    meanwhile: pick(['nothing', 'nothing', 'reload', 'hard'] as const),
    applied: pick(['click', 'click', 'click', 'later', 'restart'] as const),
  }
}
