/**
 * Storage buckets: one for each account, so that signing out erases its bytes at once (Chromium). Elsewhere the account's
 * database lies with the others.
 */
import { Failed, failureOf } from '#model/failure.ts'

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

/** `manager` null: this browser has none. */
export function browserBuckets(manager: BucketManager | null = ownManager()): Buckets {
  return {
    async openBucket(id) {
      try {
        const bucket = await manager?.open(bucketName(id), { durability: 'relaxed', persisted: true })
        return bucket?.indexedDB ?? null
      } catch (error) {
        throw new Failed('storage-refused', 'wait', failureOf(error).cause)
      }
    },
    async deleteBucket(id) {
      try {
        await manager?.delete(bucketName(id))
        return manager !== null
      } catch {
        return false
      }
    },
    async bucketIds() {
      try {
        const names = (await manager?.keys()) ?? []
        return names.flatMap((name) => idOf(name) ?? [])
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

/** Of an account id; buckets allow lower case letters, digits, "-" and "_" only, so the id is spelled in hexadecimal. */
function bucketName(id: string): string {
  return `besedka-${Array.from(new TextEncoder().encode(id), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The id that `bucketName` spelled; null: not one of ours. */
function idOf(name: string): string | null {
  const spelled = /^besedka-((?:[0-9a-f]{2})+)$/.exec(name)?.[1]
  if (spelled === undefined) return null
  return new TextDecoder().decode(Uint8Array.from(spelled.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))
}
