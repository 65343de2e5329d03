/**
 * Makes the random store key of an account and unwraps it again. The wrapping key is not extractable, so a script can use
 * it but not carry it away; someone with the disk can (docs/security.md). Rows are stored by storage, values sealed by seal.ts.
 */
import { Failed } from '#model/failure.ts'
import type { StoreKey, StoreKeyRow } from './seal.ts'

/** A new store key, wrapped by a new key of the browser; the row goes into the account's database as it is. */
export async function makeStoreKey(version: number): Promise<{ row: StoreKeyRow; key: StoreKey }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const wrappingKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const wrapped = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: named(version) },
    wrappingKey,
    bytes,
  )
  const row: StoreKeyRow = { version, iv, wrapped: new Uint8Array(wrapped), by: 'browser', wrappingKey }
  return { row, key: { version, bytes, sealsContent: false } }
}

/**
 * The store key of a row.
 * @throws Failed storage-broken where the row was changed or its key is lost, storage-newer where a passphrase would be needed
 */
export async function unwrapStoreKey(row: StoreKeyRow): Promise<StoreKey> {
  const { version, iv, wrapped } = row
  if (row.by === 'passphrase') throw new Failed('storage-newer', 'ask', 'the store key is wrapped by a passphrase')
  try {
    const algorithm = { name: 'AES-GCM', iv, additionalData: named(version) }
    const bytes = new Uint8Array(await crypto.subtle.decrypt(algorithm, row.wrappingKey, wrapped))
    return { version, bytes, sealsContent: false }
  } catch (error) {
    throw new Failed('storage-broken', 'ask', `store key ${version} cannot be unwrapped: ${String(error)}`)
  }
}

function named(version: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`store-key:${version}`)
}
