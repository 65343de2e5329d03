/**
 * Which WebSocket addresses to try for a domain, in order, and what was found on the way.
 * Opening them, and checking that the domain itself answers there, is left to session.ts and transport.ts.
 */
import { Failed, type Failure } from '#model/failure.ts'
import { readHostMeta, type Fetch, type HostMetaFinding } from './host-meta.ts'

export type { Fetch }

export interface EndpointQuestion {
  /** Domain of the address, as in the JID. */
  readonly domain: string
  /** Set by the operator: then nothing else is tried. */
  readonly configured: string | null
  /** Where the last session of this domain ran. Whoever is in a hurry tries it before asking here. */
  readonly lastWorked: string | null
  /** What the person typed; a missing `wss://` is added. */
  readonly typed: string | null
  readonly fetch: Fetch
  /** The page's own origin: asked in place of `https://localhost`, which nobody has. Null: unknown. */
  readonly origin?: string | null
  /** ms for each look-up; default 5,000. */
  readonly timeout?: number
}

export interface EndpointAnswer {
  /** Best first, each once, each allowed by `checkEndpoint`. */
  readonly candidates: readonly string[]
  /** Empty where nothing was looked up. */
  readonly findings: readonly HostMetaFinding[]
}

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Finds the addresses to try: configuration; else the last that worked, all that both host-meta forms announce
 * (XEP-0156 section 3.1: only wss counts), the typed one.
 * @throws Failed `endpoint-insecure`, `endpoint-not-xmpp` for a configured or typed address that may not be used,
 * `address-invalid` for a domain that is no host name
 */
export async function findEndpoints(question: EndpointQuestion): Promise<EndpointAnswer> {
  const { configured, lastWorked, typed, domain } = question
  if (configured !== null) return { candidates: [checkEndpoint(configured)], findings: [] }
  const typedEndpoint = typed === null || typed.trim() === '' ? null : checkEndpoint(withScheme(typed.trim()))
  const { origin, isLocal } = askedOrigin(domain, question.origin ?? null)
  const findings = await readHostMeta(origin, question.fetch, question.timeout ?? 5000)
  const announced = findings.flatMap(({ links }) => links.flatMap((link) => allowed(link, isLocal) ?? []))
  const remembered = lastWorked === null ? null : allowed(lastWorked, true)
  const candidates = [remembered, ...announced, typedEndpoint].filter((candidate) => candidate !== null)
  return { candidates: [...new Set(candidates)], findings }
}

/**
 * The address in its normal form, if a session may run there: `wss:`, or `ws:` to this machine itself.
 * @throws Failed `endpoint-insecure` (not encrypted), `endpoint-not-xmpp` (not the address of a WebSocket)
 */
export function checkEndpoint(address: string): string {
  const url = address.length > 2048 ? null : parsed(address)
  if (url === null) throw new Failed('endpoint-not-xmpp', 'ask', 'not an address')
  if (url.protocol === 'http:') throw new Failed('endpoint-insecure', 'ask', 'http')
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') throw new Failed('endpoint-not-xmpp', 'ask', url.protocol)
  if (url.protocol === 'ws:' && !LOCAL_HOSTS.has(url.hostname)) throw new Failed('endpoint-insecure', 'ask', url.host)
  // Browsers refuse a fragment (WHATWG WebSockets, section 3.1), and a name or password here would be somebody's trick.
  if (url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new Failed('endpoint-not-xmpp', 'ask', 'fragment or credentials in the address')
  }
  return url.href
}

/** What to tell when there is no candidate; the cause names what each form answered. */
export function failureWithoutEndpoint(findings: readonly HostMetaFinding[]): Failure {
  const cause = findings.map(({ form, outcome, status }) => `${form}: ${outcome} ${status ?? ''}`.trim()).join(', ')
  return { what: 'endpoint-unknown', remedy: 'ask', cause }
}

function allowed(address: string, mayBeLocal: boolean): string | null {
  try {
    const endpoint = checkEndpoint(address)
    // A stranger's domain must not send us to what runs on this machine.
    return mayBeLocal || !LOCAL_HOSTS.has(new URL(endpoint).hostname) ? endpoint : null
  } catch {
    return null
  }
}

function askedOrigin(domain: string, pageOrigin: string | null): { origin: string; isLocal: boolean } {
  const url = /^[^/?#@\\:]+$|^\[[0-9a-fA-F:.]+\]$/.test(domain) ? parsed(`https://${domain}`) : null
  if (url === null) throw new Failed('address-invalid', 'ask', 'the domain is no host name')
  const isLocal = LOCAL_HOSTS.has(url.hostname)
  const page = pageOrigin === null ? null : parsed(pageOrigin)
  if (isLocal && page !== null && LOCAL_HOSTS.has(page.hostname)) return { origin: page.origin, isLocal }
  return { origin: url.origin, isLocal }
}

function withScheme(typed: string): string {
  return typed.includes('://') ? typed : `wss://${typed}`
}

function parsed(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null
}
