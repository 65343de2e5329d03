/**
 * Storage buckets: one for each account, so that signing out erases its bytes at once (Chromium). Elsewhere the account's
 * database lies with the others.
 */
import { Failed, failureOf } from '#model/failure.ts'
import { basePath } from './place.ts'

interface Bucket {
  readonly indexedDB: IDBFactory
}

/** The part of the Storage Buckets API used here; a test gives its own. */
export interface BucketManager {
  open(name: string, options?: { durability?: 'strict' | 'relaxed'; persisted?: boolean }): Promise<Bucket>
  delete(name: string): Promise<void>
  keys(): Promise<string[]>
}

export interface Buckets {
  /**
   * The bucket's own databases; null: this browser has no buckets.
   * @throws Failed storage-refused where it does not open one now; what is in it is there all the same
   */
  openBucket(id: string): Promise<IDBFactory | null>
  /** Erases a bucket with all in it; false where that is not possible. */
  deleteBucket(id: string): Promise<boolean>
  /** Ids of the accounts that have a bucket. */
  bucketIds(): Promise<string[]>
}

/** Those of the deployment at `path`; `manager` null: this browser has none. */
export function browserBuckets(manager: BucketManager | null = ownManager(), path: string = basePath()): Buckets {
  const prefix = `besedka-${digest(path)}-`
  // Held for as long as the page lives: of a factory that is collected the open databases never answer again (Chromium 156).
  const held = new Map<string, IDBFactory>()
  return {
    async openBucket(id) {
      try {
        const bucket = await manager?.open(prefix + spell(id), { durability: 'relaxed', persisted: true })
        if (!bucket) return null
        held.set(id, bucket.indexedDB)
        return bucket.indexedDB
      } catch (error) {
        throw new Failed('storage-refused', 'wait', failureOf(error).cause)
      }
    },
    async deleteBucket(id) {
      try {
        await manager?.delete(prefix + spell(id))
        held.delete(id)
        return manager !== null
      } catch {
        return false
      }
    },
    async bucketIds() {
      try {
        const names = (await manager?.keys()) ?? []
        return names.flatMap((name) => (name.startsWith(prefix) ? [unspell(name.slice(prefix.length))] : []))
      } catch {
        // Refused: then none of ours can be opened either.
        return []
      }
    },
  }
}

function ownManager(): BucketManager | null {
  return (navigator as { storageBuckets?: BucketManager }).storageBuckets ?? null
}

/**
 * Of a path, whose length has no end, as names of buckets have (64 characters): FNV-1a. Where two paths share one, a bucket
 * is looked into in vain, for the database in it carries the path itself.
 */
function digest(path: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(path)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}

/** Buckets allow lower case letters, digits, "-" and "_" only, so an id is spelled in hexadecimal. */
function spell(id: string): string {
  return Array.from(new TextEncoder().encode(id), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function unspell(spelled: string): string {
  return new TextDecoder().decode(Uint8Array.from(spelled.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))
}
