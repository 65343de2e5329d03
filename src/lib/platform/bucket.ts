/**
 * Storage buckets: one for each account, so that signing out erases its bytes at once (Chromium). Elsewhere the account's
 * database lies with the others.
 */
interface Bucket {
  readonly indexedDB: IDBFactory
}

interface BucketManager {
  open(name: string, options?: { durability?: 'strict' | 'relaxed'; persisted?: boolean }): Promise<Bucket>
  delete(name: string): Promise<void>
}

/** Of an account id; buckets allow lower case letters, digits, "-" and "_" only, so the id is spelled in hexadecimal. */
function bucketName(id: string): string {
  return `besedka-${Array.from(new TextEncoder().encode(id), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function manager(): BucketManager | null {
  return (navigator as { storageBuckets?: BucketManager }).storageBuckets ?? null
}

/** The bucket's own databases; null where the browser has no buckets or refuses one. */
export async function openBucket(id: string): Promise<IDBFactory | null> {
  try {
    const bucket = await manager()?.open(bucketName(id), { durability: 'relaxed', persisted: true })
    return bucket?.indexedDB ?? null
  } catch {
    // The default place is always there, and works as well until sign-out.
    return null
  }
}

/** Erases a bucket with all in it; false where that is not possible. */
export async function deleteBucket(id: string): Promise<boolean> {
  try {
    const buckets = manager()
    if (buckets === null) return false
    await buckets.delete(bucketName(id))
    return true
  } catch {
    return false
  }
}
