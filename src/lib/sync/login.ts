/**
 * The first sign-in of an account on this device: finds the server and opens a session in which both have proven themselves.
 * What is stored of it is left to account.ts, the session itself to the engine.
 */
import type { Clock } from '#model/clock.ts'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import { domainOf, localOf, type BareJid } from '#model/jid.ts'
import { failureWithoutEndpoint, findEndpoints, type Fetch } from '#xmpp/discovery.ts'
import type { LoginSecret, Proof } from '#xmpp/login.ts'
import { ProvenSession } from '#xmpp/proven-session.ts'
import type { OpenedBefore, SessionOptions } from '#xmpp/session.ts'

export interface ProveOptions {
  readonly self: BareJid
  secret(): LoginSecret
  /** Typed by hand; empty: find it. */
  readonly typed: string
  readonly configured: string | null
  readonly lastWorked: string | null
  readonly allow: readonly string[]
  readonly pinned: string | null
  readonly resource: string
  readonly clock: Clock
  readonly fetch: Fetch
  /** The page's own origin, where host-meta of a local domain lies; null: none. */
  readonly origin: string | null
  readonly makeSocket: SessionOptions['makeSocket']
  readonly openLimit: number
  readonly keepalive: SessionOptions['keepalive']
  readonly signal: AbortSignal
  /** Hears each endpoint before it is tried. */
  trying(endpoint: string): void
}

export interface Proven {
  readonly endpoint: string
  readonly proof: Proof
  /** Open and bound; whoever is answered takes it or drops it. */
  readonly session: OpenedBefore
}

/** Tries the endpoints in order until one speaks for the domain. @throws Failed endpoint-unknown where none was found */
export async function proveAccount(options: ProveOptions): Promise<Proven> {
  if (localOf(options.self) === null) throw new Failed('address-invalid', 'ask', 'no local part')
  const { candidates, findings } = await findEndpoints({
    domain: domainOf(options.self),
    configured: options.configured,
    lastWorked: options.lastWorked,
    typed: options.typed === '' ? null : options.typed,
    fetch: options.fetch,
    origin: options.origin,
  })
  if (candidates.length === 0) throw failed(failureWithoutEndpoint(findings))
  let last: Failure | null = null
  for (const endpoint of candidates) {
    if (options.signal.aborted) break
    options.trying(endpoint)
    try {
      const session = await proveAt(endpoint, options)
      return { endpoint, proof: session.proof, session }
    } catch (error) {
      last = failureOf(error)
      // What a server that speaks for the domain said is final; only one that does not answer leaves room for the next.
      if (!isElsewhere(last)) break
    }
  }
  throw new Failed(last?.what ?? 'endpoint-unreachable', last?.remedy ?? 'ask', last?.cause ?? 'cancelled')
}

function failed({ what, remedy, cause }: Failure): Failed {
  return new Failed(what, remedy, cause)
}

function isElsewhere(failure: Failure): boolean {
  return [
    'endpoint-unreachable',
    'endpoint-not-xmpp',
    'wrong-domain',
    'connection-timeout',
    'connection-lost',
    'stream-invalid',
  ].includes(failure.what)
}

function proveAt(endpoint: string, options: ProveOptions): Promise<ProvenSession> {
  const { self, resource, pinned, allow, clock, makeSocket, openLimit, keepalive, signal } = options
  const common = { resource, pinned, allow, clock, makeSocket, openLimit, keepalive }
  return ProvenSession.open(
    { ...common, account: self, endpoint, secret: () => options.secret(), resume: null },
    signal,
  )
}
