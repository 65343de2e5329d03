// Where a measured figure goes: one line of JSON for the table that tools/lab.mjs prints.
import { appendFileSync } from 'node:fs'

/** Notes a figure with the bar it is held against. */
export function note(what: string, value: string, bar: string): void {
  const file = process.env.FIGURES
  if (file) appendFileSync(file, `${JSON.stringify({ what, value, bar })}\n`)
  else console.log(`${what}: ${value} (bar: ${bar})`)
}
