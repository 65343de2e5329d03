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
  keys(): Promise<string[]>
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

/** Ids of the accounts that have a bucket. */
export async function bucketIds(): Promise<string[]> {
  try {
    const names = (await manager()?.keys()) ?? []
    return names.flatMap((name) => idOf(name) ?? [])
  } catch {
    // Refused: then none of ours can be opened either.
    return []
  }
}

/** The id that `bucketName` spelled; null: not one of ours. */
function idOf(name: string): string | null {
  const spelled = /^besedka-((?:[0-9a-f]{2})+)$/.exec(name)?.[1]
  if (spelled === undefined) return null
  return new TextDecoder().decode(Uint8Array.from(spelled.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))
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
