/**
 * The first sign-in of an account on this device: finds the server, proves the password and stores what the next start needs.
 * The password itself is forgotten here.
 */
import type { Clock } from '#model/clock.ts'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import { domainOf, localOf, type BareJid } from '#model/jid.ts'
import { failureWithoutEndpoint, findEndpoints, type Fetch } from '#xmpp/discovery.ts'
import type { Proof } from '#xmpp/login.ts'
import { openSession, type SessionOptions } from '#xmpp/session.ts'

export interface ProveOptions {
  readonly self: BareJid
  readonly password: string
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
  readonly signal: AbortSignal
  /** Hears each endpoint before it is tried. */
  trying(endpoint: string): void
}

export interface Proven {
  readonly endpoint: string
  readonly proof: Proof
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
      return { endpoint, proof: await proveAt(endpoint, options) }
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

async function proveAt(endpoint: string, options: ProveOptions): Promise<Proof> {
  let proof: Proof | null = null
  const session = await openSession(
    {
      account: options.self,
      endpoint,
      resource: options.resource,
      secret: { password: options.password },
      pinned: options.pinned,
      allow: options.allow,
      resume: null,
      clock: options.clock,
      makeSocket: options.makeSocket,
      openLimit: options.openLimit,
      keepalive: { interval: 60_000, answer: 15_000 },
    },
    {
      incoming: () => undefined,
      acked: () => undefined,
      ackDue: () => undefined,
      resuming: () => undefined,
      closed: () => undefined,
      proven: (proven) => {
        proof = proven
      },
    },
  )
  session.close('end')
  if (proof === null) throw new Failed('server-not-proven', 'give-up', 'bound without proof')
  return proof
}
