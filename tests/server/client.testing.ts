// The product's connection, set up for a test: real sockets, short times, and a record of what it said.
import { WebSocket } from 'ws'
import { expect, vi } from 'vitest'
import type { Clock } from '#model/clock.ts'
import type { Failure } from '#model/failure.ts'
import { readJid, type BareJid } from '#model/jid.ts'
import type { Network } from '#model/network.ts'
import { Connection, type ConnectionState } from '#xmpp/connection.ts'
import type { LoginSecret, Proof } from '#xmpp/login.ts'
import type { SessionOptions } from '#xmpp/session.ts'
import type { Account } from './lying-server.ts'

export const alice: Account = { domain: 'example.test', username: 'alice', password: 'pencil' }

export interface ClientOptions {
  readonly secret?: LoginSecret
  readonly pinned?: string | null
  readonly allow?: readonly string[]
  readonly account?: Account
  /** ms until an opening that stands still is given up. */
  readonly openLimit?: number
}

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
}

/** Always there, never changing. */
export const sunnyNetwork: Network = {
  isOnline: () => true,
  isVisible: () => true,
  isFrozen: () => false,
  onChange: () => () => undefined,
}

export class TestClient {
  readonly states: ConnectionState[] = []
  readonly proofs: Proof[] = []
  readonly incoming: string[] = []
  readonly closed: Failure[] = []
  readonly connection: Connection

  constructor(endpoint: string, options: ClientOptions = {}) {
    const account = options.account ?? alice
    const session: SessionOptions = {
      account: readJid(`${account.username}@${account.domain}`) as BareJid,
      endpoint,
      resource: 'test',
      secret: () => options.secret ?? { password: account.password },
      pinned: options.pinned ?? null,
      allow: options.allow ?? [],
      resume: null,
      clock: realClock,
      makeSocket: browserSocket,
      openLimit: options.openLimit ?? 5000,
      keepalive: { interval: 60_000, answer: 10_000 },
    }
    this.connection = new Connection(realClock, sunnyNetwork, { first: 20, most: 20 }, () => Promise.resolve(session), {
      state: (state) => this.states.push(state),
      opened: () => undefined,
      incoming: (stanza) => this.incoming.push(stanza.toString()),
      acked: () => undefined,
      ackDue: () => undefined,
      resuming: () => undefined,
      told: () => Promise.resolve(),
      refused: () => undefined,
      closed: (failure) => this.closed.push(failure),
      proven: (proof) => this.proofs.push(proof),
    })
  }

  get isOpen(): boolean {
    return this.connection.session?.isOpen === true
  }

  /** The first failure the person would be told, or undefined. */
  get failure(): Failure | undefined {
    for (const state of this.states) {
      if ('failure' in state && state.failure !== null) return state.failure
    }
    return undefined
  }

  start(): void {
    this.connection.start()
  }

  stop(): void {
    this.connection.stop('drop')
  }

  async untilFailure(): Promise<Failure> {
    return vi.waitUntil(() => this.failure, { timeout: 5000, interval: 5 })
  }

  /** Open, by itself or, where only a person decides, by trying again. */
  async untilOpenAgain(): Promise<void> {
    const last = this.states.at(-1)
    if (last?.phase === 'stopped') this.connection.tryNow()
    await vi.waitUntil(() => this.isOpen, { timeout: 5000, interval: 5 })
    expect(this.states.at(-1)).toEqual({ phase: 'open' })
  }
}

/** A socket that behaves as in a browser: an error nobody listens to is not thrown. */
export function browserSocket(url: string, protocol: string): globalThis.WebSocket {
  const socket = new WebSocket(url, protocol)
  socket.on('error', () => undefined)
  return socket as unknown as globalThis.WebSocket
}
