// SCRAM for the bot (RFC 5802, RFC 7677), on Node's own cryptography and apart from the product's, so that one cannot hide
// a mistake of the other.
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

const hashes: Record<string, 'sha1' | 'sha256' | 'sha512'> = {
  'SCRAM-SHA-512': 'sha512',
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-1': 'sha1',
}

/** The strongest of the offered mechanisms the bot knows; undefined when there is none. */
export function chooseMechanism(offered: string[]): string | undefined {
  return Object.keys(hashes).find((name) => offered.includes(name))
}

/** One authentication. Plain texts, not base64. */
export class Scram {
  #hash: 'sha1' | 'sha256' | 'sha512'
  #password: string
  #bare: string
  #nonce = randomBytes(18).toString('base64')
  #signature = Buffer.alloc(0)
  readonly first: string

  constructor(mechanism: string, user: string, password: string) {
    const hash = hashes[mechanism]
    if (hash === undefined) throw new Error(`unknown mechanism ${mechanism}`)
    this.#hash = hash
    this.#password = password
    this.#bare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${this.#nonce}`
    this.first = `n,,${this.#bare}`
  }

  /** The answer to the server's challenge. Throws on a foreign nonce. */
  answer(challenge: string): string {
    const { r: nonce = '', s: salt = '', i: count = '' } = fields(challenge)
    if (!nonce.startsWith(this.#nonce)) throw new Error('the server answered with a foreign nonce')
    const hash = this.#hash
    const size = createHash(hash).digest().length
    const salted = pbkdf2Sync(this.#password.normalize('NFKC'), Buffer.from(salt, 'base64'), Number(count), size, hash)
    const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
    const clientKey = hmac(salted, 'Client Key')
    const last = `c=biws,r=${nonce}`
    const text = `${this.#bare},${challenge},${last}`
    const signature = hmac(createHash(hash).update(clientKey).digest(), text)
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))
    this.#signature = hmac(hmac(salted, 'Server Key'), text)
    return `${last},p=${Buffer.from(proof).toString('base64')}`
  }

  /** Throws unless the server proved that it knows the password, too. */
  verify(final: string): void {
    const given = Buffer.from(fields(final).v ?? '', 'base64')
    if (given.length !== this.#signature.length || !timingSafeEqual(given, this.#signature))
      throw new Error('the server did not prove itself')
  }
}

function fields(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
}
