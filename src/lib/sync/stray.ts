/**
 * Databases of accounts that are there although no sound row tells of them: the root database was lost, or their row was.
 * What is done about them is left to account-disk.ts and the sign-in page.
 */
import { accountDatabases, readSalvage } from '#storage/read/salvage.ts'
import type { AccountHost } from './host.ts'

type StrayHost = Pick<AccountHost, 'prefix' | 'databases' | 'bucketIds' | 'openBucket'>

export interface Stray {
  readonly id: string
  readonly hasBucket: boolean
  /** Bare address of the account. */
  readonly owner: string
}

/** Those whose owner can be told; `known`: ids that a row tells of. Never rejects. */
export async function findStrays(host: StrayHost, known: ReadonlySet<string>): Promise<Stray[]> {
  const inBuckets = (await host.bucketIds()).map((id) => ({ id, hasBucket: true }))
  const plain = (await accountDatabases(host.databases, host.prefix)).map((id) => ({ id, hasBucket: false }))
  const strays: Stray[] = []
  for (const { id, hasBucket } of [...inBuckets, ...plain]) {
    if (known.has(id)) continue
    // One that is refused now is there at the next sign-in.
    const owner = await ownerOf(host, id, hasBucket).catch(() => null)
    if (owner !== null) strays.push({ id, hasBucket, owner })
  }
  return strays
}

async function ownerOf(host: StrayHost, id: string, hasBucket: boolean): Promise<string | null> {
  const factory = hasBucket ? await host.openBucket(id) : host.databases
  return factory && (await readSalvage(factory, `${host.prefix}:${id}`)).owner
}
