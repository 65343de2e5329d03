// Where a run of the laboratory says what it saw: one line of JSON, from which tools/reliability.mjs makes docs/reliability.md.
import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { seed, size } from './size.ts'

/** What one run of one claim of claims.json saw. */
export interface Outcome {
  /** Which part of the claim: unique in the claim, the same in every run ("Prosody, with an archive"). */
  case: string
  /** Whether every bar of the claim was met. */
  held: boolean
  /** Programs that took part; their versions are looked up. */
  on: readonly ('prosody' | 'ejabberd' | 'chromium' | 'firefox')[]
  /** What was counted and measured, in the order of the table; times with their unit in the name. */
  counts: Readonly<Record<string, number | string>>
  /** How long it took. */
  seconds: number
}

/** Says it, before the test expects anything, so that a run that does not hold is told too. */
export function report(claim: `R${number}` | 'confluence', outcome: Outcome): void {
  const line = JSON.stringify({ claim, size, seed, ...outcome })
  console.log(line)
  const file = process.env['LAB_RESULTS']
  if (!file) return
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${line}\n`)
}
