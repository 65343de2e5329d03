// Hears a sign-in on the wire, and derives the keys of SCRAM that must not lie on disk in clear, apart from the product.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { Page } from '@playwright/test'

/** What a sign-in told. */
export interface Login {
  /** What the server says of the account's keys (RFC 5802). */
  keys: { hash: string; salt: string; rounds: number }
  /** Ids by which a session is resumed. */
  tokens: string[]
}

/** Hears on the wire what of a sign-in must not be stored in clear. */
export function listenToSignIn(page: Page): Promise<Login> {
  return new Promise((resolve) => {
    let hash = ''
    let keys: Login['keys'] | null = null
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        hash = /mechanism=["']SCRAM-(SHA-\d+)/.exec(String(payload))?.[1] ?? hash
      })
      socket.on('framereceived', ({ payload }) => {
        const text = String(payload)
        const challenge = /<challenge[^>]*>([^<]+)</.exec(text)?.[1]
        if (challenge) {
          const fields = Buffer.from(challenge, 'base64').toString()
          keys = { hash, salt: /s=([^,]+)/.exec(fields)?.[1] ?? '', rounds: Number(/i=(\d+)/.exec(fields)?.[1]) }
        }
        const token = /<enabled[^>]* id=["']([^"']+)/.exec(text)?.[1]
        if (token && keys) resolve({ keys, tokens: [token] })
      })
    })
  })
}

/** Keys of SCRAM, derived apart from the product (RFC 5802 section 3). */
export function keysOf(password: string, { hash, salt, rounds }: Login['keys']): Record<string, Buffer> {
  const name = hash.replace('-', '').toLowerCase()
  const size = createHash(name).digest().length
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), rounds, size, name)
  const client = createHmac(name, salted).update('Client Key').digest()
  const server = createHmac(name, salted).update('Server Key').digest()
  return {
    'salted password': salted,
    'client key': client,
    'stored key': createHash(name).update(client).digest(),
    'server key': server,
  }
}
