/**
 * Fetches config.json beside the page. A start uses the copy of the last one, so it never waits for the network; what is
 * fetched meanwhile holds from the next start on. What the keys mean is in model/config.ts.
 */
import { defaultConfig, readConfig, type Config, type ConfigProblem } from '#model/config.ts'
import { basePath } from './place.ts'

export interface LoadedConfig {
  readonly config: Config
  readonly problems: readonly ConfigProblem[]
  /** `default`: there is no file, or it could not be had in time. */
  readonly from: 'stored' | 'fetched' | 'default'
  /** What is wrong with the file as it lies there now, once the background refresh of a stored copy has ended; null: nothing new. */
  readonly refreshed: Promise<readonly ConfigProblem[] | null>
}

/** The very first start waits this long for the file, ms. */
const patience = 3000
const maxLength = 100_000

export async function loadConfig(): Promise<LoadedConfig> {
  const stored = parse(readStored())
  if (stored !== undefined) {
    const refreshed = fetchConfig(AbortSignal.timeout(10 * patience)).then((fetched) =>
      fetched === undefined ? null : problemsOf(fetched),
    )
    return { ...readConfig(stored), from: 'stored', refreshed }
  }
  const refreshed = Promise.resolve(null)
  const fetched = await fetchConfig(AbortSignal.timeout(patience))
  if (fetched === undefined) return { config: defaultConfig, problems: [], from: 'default', refreshed }
  if (fetched === 'unreadable')
    return { config: defaultConfig, problems: problemsOf(fetched), from: 'fetched', refreshed }
  return { ...readConfig(fetched.json), from: fetched.isMissing ? 'default' : 'fetched', refreshed }
}

/** Nothing of an earlier start is left in this browser. */
export function isFirstStart(): boolean {
  return readStored() === null
}

type Fetched = { readonly json: unknown; readonly isMissing: boolean }

function problemsOf(fetched: Fetched | 'unreadable'): readonly ConfigProblem[] {
  return readConfig(fetched === 'unreadable' ? null : fetched.json).problems
}

/**
 * Fetches and stores the file. Where there is none, "{}" is stored, so that the next start need not wait either.
 * undefined: no answer; 'unreadable': a file that is no JSON, which replaces nothing.
 */
async function fetchConfig(signal: AbortSignal): Promise<Fetched | 'unreadable' | undefined> {
  try {
    const response = await fetch('./config.json', { cache: 'no-cache', credentials: 'same-origin', signal })
    const text = response.ok ? await response.text() : ''
    // Some hosts answer every unknown path with the page itself.
    const isMissing = response.status === 404 || response.status === 410 || /^\s*</.test(text)
    if (!response.ok && !isMissing) return undefined
    const json = isMissing ? {} : parse(text)
    if (json === undefined) return 'unreadable'
    store(isMissing ? '{}' : text)
    return { json, isMissing }
  } catch {
    // Offline or too slow: the stored copy or the defaults serve.
    return undefined
  }
}

function parse(text: string | null): unknown {
  if (text === null || text.length > maxLength) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function storedKey(): string {
  return `besedka:config:${basePath()}`
}

function readStored(): string | null {
  try {
    return localStorage.getItem(storedKey())
  } catch {
    return null
  }
}

function store(text: string): void {
  try {
    localStorage.setItem(storedKey(), text)
  } catch {
    // Storage is refused or full: the next start asks again.
  }
}
