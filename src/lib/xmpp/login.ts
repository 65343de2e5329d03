/**
 * Signs in on a stanza.js client in place of stanza's own SASL, which takes any mechanism and never checks the server's proof.
 * Decides nothing about the connection: it reports proof or failure; storing keys and connecting again is left to the caller.
 *
 * Source: RFC 6120 section 6. In force: one exchange for each stream, in order; anything out of order ends the stream.
 */
import type { Client } from 'stanza'
import { Failed, failureOf, type Failure } from '#model/failure.ts'
import { chooseMechanism, isScram, otherMechanisms, scramMechanisms, type Mechanism } from './mechanism.ts'
import { Scram } from './scram.ts'
import type { ScramKeys } from './scram-keys.ts'

/** `keys`: what an earlier proof left. `anonymous`: a guest, only where the configuration allows ANONYMOUS. */
export type LoginSecret = { readonly password: string } | { readonly keys: ScramKeys } | { readonly anonymous: true }

/** The server has shown that it knows the account, or (`keys` null) the configuration does not ask for that. */
export interface Proof {
  readonly mechanism: string
  /** To sign in with next time; never the password. */
  readonly keys: ScramKeys | null
}

export interface LoginOptions {
  /** Local part of the address, prepared. */
  readonly username: string
  /** Asked for each exchange and kept no longer than it lasts. */
  secret(): LoginSecret
  /** The strongest mechanism this account has signed in with; null: none yet. */
  readonly pinned: string | null
  /** Mechanisms beside SCRAM that the configuration allows: `PLAIN`, `ANONYMOUS`. */
  readonly allow: readonly string[]
  /** Once for each stream that could not sign in. The transport is dropped right after it returns. */
  onFailure(failure: Failure): void
  /** Once for each stream, before the stream is restarted. */
  onProven(proof: Proof): void
}

/** What is used of stanza's client beyond its public types. */
interface FeatureHandlers {
  features: {
    handlers: Record<string, (features: SaslFeatures, done: (command?: string) => void) => void>
    negotiated: Record<string, boolean>
  }
}
type SaslFeatures = Record<string, unknown> & { sasl?: { mechanisms?: string[] } }

/** RFC 6120 section 6.4: what may come in as the next step of an exchange. */
interface SaslStep {
  readonly type: string
  readonly value?: Uint8Array
  readonly condition?: string
}

const STANZA_MECHANISMS = [
  ...['EXTERNAL', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS', 'DIGEST-MD5', 'OAUTHBEARER', 'X-OAUTH2'],
  ...scramMechanisms,
  ...otherMechanisms,
]

/** Takes over signing in on this client, for all its streams. Call it once, before the client connects. */
export function attachLogin(client: Client, options: LoginOptions): void {
  for (const name of STANZA_MECHANISMS) client.sasl.disable(name)
  const inner = client as unknown as FeatureHandlers
  let exchange: Exchange | null = null
  let isProven = false
  let hasFailed = false

  const fail = (thrown: unknown): void => {
    // What stanza still has in its queue may complain once more about the same stream.
    if (hasFailed) return
    hasFailed = true
    exchange?.stop()
    exchange = null
    options.onFailure(failureOf(thrown))
    client.transport?.disconnect(false)
  }
  const succeed = (proof: Proof, done: (command?: string) => void): void => {
    exchange = null
    isProven = true
    inner.features.negotiated['sasl'] = true
    if (client.transport) client.transport.authenticated = true
    options.onProven(proof)
    client.emit('auth:success')
    done('restart')
  }

  client.on('--reset-stream-features', () => {
    exchange?.stop()
    exchange = null
    isProven = false
    hasFailed = false
    inner.features.negotiated['sasl'] = false
  })
  // Before stanza looks at them: it would go on to bind where signing in is not offered at all.
  client.prependListener('features', (features: SaslFeatures) => {
    if (isProven || features.sasl !== undefined) return
    for (const name of Object.keys(features)) Reflect.deleteProperty(features, name)
    fail(new Failed('login-no-mechanism', 'give-up', 'no SASL in the stream features'))
  })
  inner.features.handlers['sasl'] = (features, done) => {
    if (exchange !== null || isProven) return fail(new Failed('stream-invalid', 'wait', 'features during sign-in'))
    const send = (step: object): void => void client.transport?.send('sasl', step as never)
    exchange = new Exchange(options, send, fail, (proof) => succeed(proof, done))
    exchange.start(features.sasl?.mechanisms ?? [])
  }
  // Stays for the life of the client, so that nothing that comes too early or too late is overlooked.
  client.on('sasl', (step: SaslStep) => {
    if (exchange === null) return fail(new Failed('stream-invalid', 'wait', `SASL ${step.type} out of order`))
    exchange.receive(step)
  })
}

/** One exchange on one stream. Ends by `fail` or `succeed`, once; after `stop` by neither. */
class Exchange {
  readonly #options: LoginOptions
  readonly #send: (step: object) => void
  readonly #fail: (thrown: unknown) => void
  readonly #succeed: (proof: Proof) => void
  readonly #secret: LoginSecret
  #mechanism: Mechanism = 'SCRAM-SHA-1'
  #scram: Scram | null = null
  // `busy`: our answer is being computed, and the server has nothing to say meanwhile.
  #expects: 'nothing' | 'first' | 'final' | 'success' | 'busy' | 'over' = 'nothing'

  constructor(
    options: LoginOptions,
    send: (step: object) => void,
    fail: (thrown: unknown) => void,
    succeed: (proof: Proof) => void,
  ) {
    this.#options = options
    this.#secret = options.secret()
    this.#send = send
    this.#fail = fail
    this.#succeed = succeed
  }

  start(offered: readonly string[]): void {
    const { allow, pinned, username } = this.#options
    const secret = this.#secret
    try {
      const known = 'keys' in secret ? secret.keys.mechanism : 'anonymous' in secret ? 'anonymous' : 'password'
      this.#mechanism = chooseMechanism({ offered, allow, pinned, secret: known })
      if (isScram(this.#mechanism) && !('anonymous' in secret)) {
        this.#scram = new Scram({ mechanism: this.#mechanism, username, secret })
        this.#say('auth', this.#scram.first())
        this.#expects = 'first'
      } else {
        this.#say('auth', 'password' in secret ? `\0${username}\0${secret.password}` : '')
        this.#expects = 'success'
      }
    } catch (error) {
      this.#end(error)
    }
  }

  /** Takes the next element of the server. */
  receive(step: SaslStep): void {
    const expected = this.#expects
    if (expected === 'over') return
    try {
      if (step.type === 'failure') throw refused(step.condition, this.#secret)
      if (step.type === 'challenge') this.#challenge(expected, textOf(step.value))
      else if (step.type === 'success') this.#success(expected, textOf(step.value))
      else throw new Failed('stream-invalid', 'wait', `SASL ${step.type} from a server`)
    } catch (error) {
      this.#end(error)
    }
  }

  stop(): void {
    this.#expects = 'over'
  }

  #challenge(expected: string, message: string): void {
    if (this.#scram === null) throw new Failed('server-not-proven', 'give-up', `challenge in ${this.#mechanism}`)
    if (expected === 'first') {
      this.#expects = 'busy'
      void this.#answer(this.#scram, message)
    } else if (expected === 'final') {
      // The proof may come as a challenge of its own, answered by an empty response (RFC 6120 section 6.3.10).
      this.#scram.verify(message)
      this.#say('response', '')
      this.#expects = 'success'
    } else {
      throw new Failed('stream-invalid', 'wait', `challenge while ${expected}`)
    }
  }

  async #answer(scram: Scram, message: string): Promise<void> {
    try {
      const answer = await scram.answer(message)
      if (this.#expects !== 'busy') return
      this.#say('response', answer)
      this.#expects = 'final'
    } catch (error) {
      this.#end(error)
    }
  }

  #success(expected: string, message: string): void {
    if (expected === 'final' && this.#scram !== null) {
      if (message === '') throw new Failed('server-not-proven', 'give-up', 'success without proof')
      this.#scram.verify(message)
    } else if (expected !== 'success' || message !== '') {
      throw new Failed('server-not-proven', 'give-up', `success while ${expected}`)
    }
    this.#expects = 'over'
    this.#succeed({ mechanism: this.#mechanism, keys: this.#scram?.keys ?? null })
  }

  #end(thrown: unknown): void {
    if (this.#expects === 'over') return
    this.#expects = 'over'
    this.#fail(thrown)
  }

  #say(type: 'auth' | 'response', message: string): void {
    const mechanism = type === 'auth' ? { mechanism: this.#mechanism } : {}
    this.#send({ type, ...mechanism, value: message })
  }
}

/** RFC 6120 section 6.5. */
function refused(condition: string | undefined, secret: LoginSecret): Failed {
  const cause = condition ?? 'no condition'
  switch (condition) {
    case 'not-authorized':
    case 'invalid-authzid':
      // With stored keys nobody typed a wrong password: it was changed elsewhere.
      return new Failed('keys' in secret ? 'password-needed' : 'wrong-password', 'ask', cause)
    case 'credentials-expired':
      return new Failed('password-needed', 'ask', cause)
    case 'account-disabled':
      return new Failed('account-disabled', 'ask', cause)
    case 'encryption-required':
      return new Failed('endpoint-insecure', 'ask', cause)
    case 'invalid-mechanism':
    case 'mechanism-too-weak':
      return new Failed('login-no-mechanism', 'give-up', cause)
    default:
      return new Failed('login-temporary', 'wait', cause)
  }
}

function textOf(value: Uint8Array | undefined): string {
  if (value === undefined) return ''
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value)
  } catch {
    throw new Failed('server-not-proven', 'give-up', 'SASL data that is not text')
  }
}
