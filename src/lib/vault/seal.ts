/**
 * Seals values with an account's store key, synchronously, so that it can happen inside a transaction.
 * Making and wrapping the key is left to key.ts, storing rows to storage.
 */
import { gcm } from '@noble/ciphers/aes.js'
import { Failed } from '#model/failure.ts'
import { decodeValue, encodeValue } from './codec.ts'

/** What lies in a row: `key` 0: `body` is the value itself; n > 0: sealed by version n of the store key (Uint8Array). */
export interface Sealed {
  readonly key: number
  readonly body: unknown
}

/** One version of an account's store key, unwrapped; only in memory. */
export interface StoreKey {
  /** From 1; newer versions are larger. */
  readonly version: number
  /** 32 bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /**
   * People's content is sealed too, not secrets alone. Without a passphrase it would cost and protect nothing: the browser
   * keeps the wrapping key beside the database.
   */
  readonly sealsContent: boolean
}

/**
 * A store key as it lies in the database. `browser`: wrapped by a key that scripts cannot export;
 * `passphrase`: by one derived from what the person types (PBKDF2-SHA-256). A change of mode rewrites this row alone.
 */
export type StoreKeyRow = {
  readonly version: number
  readonly iv: Uint8Array<ArrayBuffer>
  readonly wrapped: Uint8Array<ArrayBuffer>
} & (
  | { readonly by: 'browser'; readonly wrappingKey: CryptoKey }
  | { readonly by: 'passphrase'; readonly salt: Uint8Array<ArrayBuffer>; readonly rounds: number }
)

const ivLength = 12

/** A value in clear. */
export function clear(value: unknown): Sealed {
  return { key: 0, body: value }
}

/** What people wrote: sealed where the newest key says so, else clear. `id` names the record and is bound to it. */
export function sealRecord(keys: readonly StoreKey[], id: string, value: unknown): Sealed {
  const key = newest(keys)
  return key?.sealsContent ? seal(key, id, value) : clear(value)
}

/** A secret of the account (login keys, tokens): always sealed. Throws Failed where there is no key. */
export function sealSecret(keys: readonly StoreKey[], id: string, value: unknown): Sealed {
  const key = newest(keys)
  if (!key) throw new Failed('storage-failed', 'ask', `no store key to seal ${id}`)
  return seal(key, id, value)
}

/**
 * The value of a row, whatever key sealed it.
 * @throws Failed storage-failed where the key is missing, or the row was changed or belongs to another id
 */
export function openRecord<T>(keys: readonly StoreKey[], id: string, row: Sealed): T {
  if (row.key === 0) return row.body as T
  const key = keys.find((each) => each.version === row.key)
  if (!key) throw new Failed('storage-failed', 'ask', `no store key ${row.key} for ${id}`)
  if (!(row.body instanceof Uint8Array)) throw new Failed('storage-failed', 'ask', `${id} is not sealed bytes`)
  try {
    const opened = gcm(key.bytes, row.body.subarray(0, ivLength), associated(id)).decrypt(row.body.subarray(ivLength))
    return decodeValue(opened) as T
  } catch (error) {
    throw new Failed('storage-failed', 'ask', `${id} cannot be opened: ${String(error)}`)
  }
}

function seal(key: StoreKey, id: string, value: unknown): Sealed {
  // A random 96-bit IV is safe for 2^32 records of one key (NIST SP 800-38D section 8.3); nobody writes that many.
  const iv = crypto.getRandomValues(new Uint8Array(ivLength))
  const sealed = gcm(key.bytes, iv, associated(id)).encrypt(encodeValue(value))
  const body = new Uint8Array(ivLength + sealed.length)
  body.set(iv)
  body.set(sealed, ivLength)
  return { key: key.version, body }
}

function newest(keys: readonly StoreKey[]): StoreKey | null {
  return keys.reduce<StoreKey | null>((best, key) => (best && best.version > key.version ? best : key), null)
}

function associated(id: string): Uint8Array {
  return new TextEncoder().encode(id)
}
