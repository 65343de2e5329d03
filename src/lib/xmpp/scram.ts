/**
 * SCRAM on WebCrypto, without channel binding: what to answer, and whether the server proved that it knows the password.
 * Knows no stream: login.ts carries the messages. Nothing here keeps the password after the keys are derived.
 *
 * Sources: RFC 5802 (SCRAM), RFC 7677 (SHA-256), RFC 4013 (SASLprep, what servers prepare stored passwords with).
 */
import { saslprep } from 'stanza/lib/stringprep'
import { Failed } from '#model/failure.ts'
import type { ScramMechanism } from './mechanism.ts'
import { areSteady, isEqual, type Bytes, type ScramKeys } from './scram-keys.ts'

/** RFC 7677 section 4 asks for 4,096 at least; a million takes a second or two on a phone. */
export const MIN_ITERATIONS = 4096
export const MAX_ITERATIONS = 1_000_000

export interface ScramOptions {
  readonly mechanism: ScramMechanism
  /** The local part of the address. */
  readonly username: string
  readonly secret: { readonly password: string } | { readonly keys: ScramKeys }
  /** Only for test vectors. */
  readonly nonce?: string
}

const HASHES = {
  'SCRAM-SHA-1': { hash: 'SHA-1', bits: 160 },
  'SCRAM-SHA-256': { hash: 'SHA-256', bits: 256 },
  'SCRAM-SHA-512': { hash: 'SHA-512', bits: 512 },
} as const

// No channel binding, and the client does not support it; no authorization identity (RFC 5802 section 7, gs2-header).
const GS2_HEADER = 'n,,'

/** One exchange: `first`, `answer`, `verify`, each once and in this order; `keys` afterwards. */
export class Scram {
  readonly #options: ScramOptions
  readonly #nonce: string
  #step: 'new' | 'first' | 'answered' | 'verified' | 'failed' = 'new'
  #firstBare = ''
  #serverSignature: Bytes | null = null
  #keys: ScramKeys | null = null

  constructor(options: ScramOptions) {
    this.#options = options
    this.#nonce = options.nonce ?? base64Of(crypto.getRandomValues(new Uint8Array(24)))
  }

  /** The client-first-message. @throws Failed `address-invalid` for a name that SASLprep forbids */
  first(): string {
    this.#take('new', 'first')
    const name = prepared(this.#options.username)
    if (name === null || name === '') throw new Failed('address-invalid', 'ask', 'user name not allowed by SASLprep')
    this.#firstBare = `n=${name.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${this.#nonce}`
    return GS2_HEADER + this.#firstBare
  }

  /**
   * The client-final-message for a server-first-message.
   * @throws Failed `server-not-proven` (not what SCRAM allows), `login-downgrade` (too few iterations),
   * `password-needed` (stored keys belong to another salt or count), `wrong-password` (SASLprep forbids it)
   */
  async answer(serverFirst: string): Promise<string> {
    this.#take('first', 'failed')
    const { nonce, salt, iterations } = readServerFirst(serverFirst, this.#nonce)
    const keys = await this.#keysFor(salt, iterations)
    const { hash } = HASHES[keys.mechanism]
    const withoutProof = `c=${btoa(GS2_HEADER)},r=${nonce}`
    const authMessage = encoded(`${this.#firstBare},${serverFirst},${withoutProof}`)
    const storedKey: Bytes = new Uint8Array(await crypto.subtle.digest(hash, keys.clientKey))
    const signature = await hmac(hash, storedKey, authMessage)
    const proof = keys.clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))
    this.#serverSignature = await hmac(hash, keys.serverKey, authMessage)
    this.#keys = keys
    this.#step = 'answered'
    return `${withoutProof},p=${base64Of(proof)}`
  }

  /**
   * Checks the server-final-message (RFC 5802 section 5, attribute v).
   * @throws Failed `server-not-proven`, or what the server reports with attribute e
   */
  verify(serverFinal: string): void {
    this.#take('answered', 'failed')
    const [message = ''] = serverFinal.split(',')
    if (message.startsWith('e=')) throw reported(message.slice(2))
    const signature = message.startsWith('v=') ? bytesOf(message.slice(2)) : null
    if (signature === null || this.#serverSignature === null || !isEqual(signature, this.#serverSignature)) {
      throw new Failed('server-not-proven', 'give-up', 'wrong server signature')
    }
    this.#step = 'verified'
  }

  /** What may be stored instead of the password; `null` before the server has proven itself. */
  get keys(): ScramKeys | null {
    return this.#step === 'verified' ? this.#keys : null
  }

  #take(expected: 'new' | 'first' | 'answered', next: 'first' | 'failed'): void {
    if (this.#step !== expected) throw new Failed('server-not-proven', 'give-up', `SCRAM out of order: ${this.#step}`)
    this.#step = next
  }

  async #keysFor(salt: Bytes, iterations: number): Promise<ScramKeys> {
    const { mechanism, secret } = this.#options
    if ('keys' in secret) {
      const { keys } = secret
      if (!areSteady(keys, { ...keys, mechanism, iterations, salt }))
        throw new Failed('password-needed', 'ask', 'stored keys belong to another salt or count')
      return keys
    }
    const password = prepared(secret.password)
    if (password === null) throw new Failed('wrong-password', 'ask', 'password not allowed by SASLprep')
    return deriveKeys(mechanism, password, salt, iterations)
  }
}

async function deriveKeys(
  mechanism: ScramMechanism,
  password: string,
  salt: Bytes,
  iterations: number,
): Promise<ScramKeys> {
  const { hash, bits } = HASHES[mechanism]
  const material = await crypto.subtle.importKey('raw', encoded(password), 'PBKDF2', false, ['deriveBits'])
  const salted = new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'PBKDF2', hash, salt, iterations }, material, bits),
  )
  const clientKey = await hmac(hash, salted, encoded('Client Key'))
  const serverKey = await hmac(hash, salted, encoded('Server Key'))
  return { mechanism, salt, iterations, clientKey, serverKey }
}

function readServerFirst(message: string, ownNonce: string): { nonce: string; salt: Bytes; iterations: number } {
  const [r = '', s = '', i = ''] = message.split(',')
  // A mandatory extension comes first and has to be refused (RFC 5802 section 5.1, attribute m). Optional ones come last.
  if (r.startsWith('m=')) throw new Failed('server-not-proven', 'give-up', 'unknown mandatory SCRAM extension')
  if (r.startsWith('e=')) throw reported(r.slice(2))
  const nonce = r.slice(2)
  if (!r.startsWith('r=') || !nonce.startsWith(ownNonce) || nonce.length <= ownNonce.length) {
    throw new Failed('server-not-proven', 'give-up', 'the nonce is not an extension of ours')
  }
  const salt = s.startsWith('s=') ? bytesOf(s.slice(2)) : null
  if (salt === null || salt.length === 0) throw new Failed('server-not-proven', 'give-up', 'no salt')
  if (!/^i=[1-9][0-9]{0,11}$/.test(i)) throw new Failed('server-not-proven', 'give-up', 'no iteration count')
  const iterations = Number(i.slice(2))
  // A server that asks for few rounds learns enough from one answer to guess the password.
  if (iterations < MIN_ITERATIONS) throw new Failed('login-downgrade', 'give-up', `only ${iterations} iterations`)
  if (iterations > MAX_ITERATIONS) throw new Failed('server-not-proven', 'give-up', `${iterations} iterations`)
  return { nonce, salt, iterations }
}

/** RFC 5802 section 7, server-error-value. */
function reported(error: string): Failed {
  if (error === 'invalid-proof' || error === 'unknown-user') return new Failed('wrong-password', 'ask', error)
  return new Failed('login-temporary', 'wait', `SCRAM error ${error.slice(0, 60)}`)
}

/** SASLprep as a query (unassigned characters allowed, RFC 4013 section 2.5); `null` if it forbids the text. */
function prepared(text: string): string | null {
  try {
    return saslprep(text, true)
  } catch {
    return null
  }
}

async function hmac(hash: string, key: Bytes, message: Bytes): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message))
}

function encoded(text: string): Bytes {
  return new TextEncoder().encode(text)
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** `null` for what is not base64 in its strict form. */
function bytesOf(base64: string): Bytes | null {
  if (base64.length % 4 !== 0 || base64.length > 4096 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}
