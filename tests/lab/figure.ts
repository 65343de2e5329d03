// Where a measured figure goes: one line of JSON for the table that tools/lab.mjs prints.
import { appendFileSync } from 'node:fs'

/** Notes a figure with the bar it is held against. */
export function note(what: string, value: string, bar: string): void {
  const file = process.env.FIGURES
  if (file) appendFileSync(file, `${JSON.stringify({ what, value, bar })}\n`)
  else console.log(`${what}: ${value} (bar: ${bar})`)
}

/** The middle of some numbers. */
export function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
