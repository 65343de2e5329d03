// What happens around one release of the site in update.ts, said or rolled, and what is counted there.
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

export interface UpdateOutcome {
  updates: number
  /** Releases that came damaged at first, and those of them that got into a page or the worker's files. */
  damaged: number
  poisoned: number
  /** Pages that were looked at; those that did not come up or lacked code; those with code of two releases. */
  looks: number
  broken: number
  mixed: number
  /** Tabs that were not told of a new version within patience; clicks after which the old one still ran, and tabs closed in vain. */
  untold: number
  unapplied: number
  draftsLost: number
  sent: number
  lost: number
  twice: number
  misordered: number
}

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
