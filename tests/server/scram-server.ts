// The server's side of SCRAM, written from RFC 5802 section 3 with node:crypto and nothing of the product.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

/** One account and one exchange; each member is what an honest server says or knows. */
export class ScramServer {
  readonly clientNonce: string
  readonly nonce: string
  /** The server-first-message. */
  readonly first: string
  readonly #bare: string
  readonly #hash: string
  readonly #salted: Buffer

  /** `mechanism` as in RFC 7677; `clientFirst` with its GS2 header. */
  constructor(mechanism: string, password: string, clientFirst: string, salt = 'salt of sixteen.', iterations = 4096) {
    this.#hash = mechanism.slice('SCRAM-'.length).replace('-', '').toLowerCase()
    this.#bare = clientFirst.slice(clientFirst.indexOf(',', clientFirst.indexOf(',') + 1) + 1)
    this.clientNonce = /(?:^|,)r=([^,]*)/.exec(this.#bare)?.[1] ?? ''
    this.nonce = `${this.clientNonce}SERVER`
    this.first = `r=${this.nonce},s=${Buffer.from(salt).toString('base64')},i=${iterations}`
    const length = createHash(this.#hash).digest().length
    this.#salted = pbkdf2Sync(password, salt, iterations, length, this.#hash)
  }

  /** Base64 of the ServerSignature for what was said, whatever was said. */
  signature(clientFinal: string): string {
    return this.#hmac(this.#hmac(this.#salted, 'Server Key'), this.#auth(clientFinal)).toString('base64')
  }

  /** Whether the client knows the password. */
  accepts(clientFinal: string): boolean {
    const clientKey = this.#hmac(this.#salted, 'Client Key')
    const signature = this.#hmac(createHash(this.#hash).update(clientKey).digest(), this.#auth(clientFinal))
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64')
    return clientFinal === `c=${Buffer.from('n,,').toString('base64')},r=${this.nonce},p=${proof}`
  }

  #auth(clientFinal: string): string {
    return `${this.#bare},${this.first},${clientFinal.slice(0, clientFinal.lastIndexOf(',p='))}`
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest()
  }
}
