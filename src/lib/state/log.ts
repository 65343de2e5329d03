/** The ring log as a file: what is in it is model/log.ts. */
import type { LogEntry } from '#model/log.ts'
import { browserName, saveFile } from '#platform/download.ts'

/** Raised when the meaning of a field changes. */
const format = 1

export function saveLog(entries: readonly LogEntry[], version: string, now: number): void {
  const date = new Date(now).toISOString()
  const named = entries.map(({ at, until, ...rest }) => ({ at: stamp(at), until: stamp(until), ...rest }))
  const file = { format, version, browser: browserName(), savedAt: date, entries: named }
  saveFile(`besedka-log-${date.slice(0, 10)}.json`, `${JSON.stringify(file, null, 2)}\n`)
}

function stamp(at: number): string {
  return new Date(at).toISOString()
}
