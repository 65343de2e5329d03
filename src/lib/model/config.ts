/**
 * What an operator may set in config.json beside the page; published as static/config.schema.json.
 * Reads anything without throwing: a bad key falls back to its default and is named. Fetching is left to platform/config.ts.
 */
import { readHost } from './host.ts'

export interface Config {
  /** Domain for addresses typed without one; empty: none. */
  readonly domain: string
  /** Accounts of other domains cannot sign in. */
  readonly lockedDomain: boolean
  /** WebSocket address, or a path relative to the page (see `endpointUrl`); null: find it by host-meta. */
  readonly endpoint: string | null
  /** What the product calls itself here. */
  readonly name: string
  /** SASL mechanisms allowed beside SCRAM; neither of them proves the server. */
  readonly mechanisms: readonly ('PLAIN' | 'ANONYMOUS')[]
  /** CSS custom properties of src/app.css by name, "--accent" and its like. */
  readonly tokens: Readonly<Record<string, string>>
}

export interface ConfigProblem {
  /** As written in the file, `tokens.--accent` for one inside; empty: the file as a whole. */
  readonly key: string
  readonly problem: 'no-object' | 'unknown-key' | 'wrong-kind' | 'bad-value'
}

export const defaultConfig: Config = {
  domain: '',
  lockedDomain: false,
  endpoint: null,
  name: 'Besedka',
  mechanisms: [],
  tokens: {},
}

const endpointPattern = /^(?:wss?:\/\/|\.\.?\/|\/(?!\/))[^\s@\\]+$/u
// Something to read, on one line, that turns nothing round.
const namePattern = /^(?=.*[\p{L}\p{N}])[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]{1,40}$/u
const tokenNamePattern = /^--[a-z0-9-]{1,60}$/u
// Functions that compute colours and lengths, never one that fetches: url(), image-set() and their like.
const tokenValuePattern =
  /^(?:[A-Za-z0-9#%.,/'" _+*)-]|(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|calc|clamp|min|max|var|cubic-bezier)\(){1,200}$/u
const mechanisms = ['PLAIN', 'ANONYMOUS'] as const

type Read<T> = { readonly value: T } | ConfigProblem['problem']
type Reader<T> = (value: unknown, note: (problem: ConfigProblem) => void) => Read<T>

const readers: { readonly [K in keyof Config]: Reader<Config[K]> } = {
  domain: (value) => {
    if (typeof value !== 'string') return 'wrong-kind'
    const host = value.length > 253 ? null : readHost(value)
    return host === null ? 'bad-value' : { value: host }
  },
  lockedDomain: (value) => (typeof value === 'boolean' ? { value } : 'wrong-kind'),
  endpoint: text(endpointPattern),
  name: text(namePattern),
  mechanisms: (value) => {
    if (!Array.isArray(value)) return 'wrong-kind'
    return value.every(isMechanism) ? { value: [...new Set(value)] } : 'bad-value'
  },
  tokens: (value, note) => {
    if (!isRecord(value)) return 'wrong-kind'
    const good = Object.entries(value).filter(([name, token]) => {
      const problem = typeof token !== 'string' ? 'wrong-kind' : 'bad-value'
      const isGood = typeof token === 'string' && tokenNamePattern.test(name) && tokenValuePattern.test(token)
      if (!isGood) note({ key: `tokens.${name}`, problem })
      return isGood
    })
    return { value: Object.fromEntries(good) as Record<string, string> }
  },
}

/** Reads parsed JSON; `problems` names every key that was not used, and the sentence for a missing file is the caller's. */
export function readConfig(json: unknown): { config: Config; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = []
  const config: Record<string, unknown> = { ...defaultConfig }
  if (!isRecord(json)) return { config: defaultConfig, problems: [{ key: '', problem: 'no-object' }] }
  for (const [key, value] of Object.entries(json)) {
    if (key === '$schema') continue
    const reader = Object.hasOwn(readers, key) ? readers[key as keyof Config] : null
    const read = reader === null ? 'unknown-key' : reader(value, (problem) => problems.push(problem))
    if (typeof read === 'string') problems.push({ key, problem: read })
    else config[key] = read.value
  }
  // Locked to nothing would lock everybody out.
  if (config.lockedDomain === true && config.domain === '') {
    config.lockedDomain = false
    problems.push({ key: 'lockedDomain', problem: 'bad-value' })
  }
  return { config: config as unknown as Config, problems }
}

/** The WebSocket address of `config.endpoint` seen from the page at `base`; null where it is none. */
export function endpointUrl(endpoint: string, base: string): string | null {
  if (!URL.canParse(endpoint, base)) return null
  const url = new URL(endpoint, base)
  if (url.protocol === 'http:' || url.protocol === 'https:') url.protocol = url.protocol.replace('http', 'ws')
  return url.protocol === 'wss:' || url.protocol === 'ws:' ? url.href : null
}

function text(pattern: RegExp): Reader<string> {
  return (value) => {
    if (typeof value !== 'string') return 'wrong-kind'
    return pattern.test(value) ? { value } : 'bad-value'
  }
}

function isMechanism(value: unknown): value is (typeof mechanisms)[number] {
  return (mechanisms as readonly unknown[]).includes(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same rules as a JSON Schema (draft 2020-12); config.test.ts holds the published file against it. */
export function configSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'config.json of Besedka',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      domain: {
        description: 'Domain for addresses typed without one, for example "example.org".',
        type: 'string',
        minLength: 1,
        maxLength: 253,
      },
      lockedDomain: { description: 'Only accounts of `domain` may sign in.', type: 'boolean', default: false },
      endpoint: {
        description: 'WebSocket address (wss://…), or a path of this host relative to the page ("./xmpp-websocket").',
        type: 'string',
        pattern: endpointPattern.source,
      },
      name: {
        description: 'What the product calls itself on this site.',
        type: 'string',
        pattern: namePattern.source,
        default: defaultConfig.name,
      },
      mechanisms: {
        description: 'SASL mechanisms allowed beside SCRAM. Neither proves the server; leave it out unless you must.',
        type: 'array',
        items: { enum: mechanisms },
        default: [],
      },
      tokens: {
        description: 'CSS custom properties that change the look, for example {"--accent": "#205ea8"}.',
        type: 'object',
        propertyNames: { pattern: tokenNamePattern.source },
        additionalProperties: { type: 'string', pattern: tokenValuePattern.source },
      },
    },
  }
}
