/**
 * What can still be read of an account's database that is not whole or that no row tells of: what waited to be sent, and
 * whose it is. It is opened as it stands and changed in nothing.
 */
import { Failed, failureOf } from '#model/failure.ts'
import type { OutboxRow } from '../schema.ts'
import { isSound } from '../sound.ts'

export interface Salvage {
  /** Bare address of the account; null: it cannot be told. */
  readonly owner: string | null
  /** In order of queueing. */
  readonly outgoing: readonly OutboxRow[]
}

const nothing: Salvage = { owner: null, outgoing: [] }

/**
 * What cannot be read of one that is open is not there.
 * @throws Failed storage-refused where it is there and does not open now: whoever goes on would erase what waits in it
 */
export async function readSalvage(factory: IDBFactory, name: string): Promise<Salvage> {
  const db = await openAsItStands(factory, name)
  if (db === null) return nothing
  const [outbox, facts, coverage, messages] = await Promise.all([
    allOf(db, 'outbox'),
    allOf(db, 'meta'),
    allOf(db, 'coverage', 1),
    allOf(db, 'message', 50),
  ])
  db.close()
  const own = messages.find((row) => Object(row).isOwn === true)
  const told = facts.find((row) => Object(row).name === 'owner')
  const owner: unknown = Object(told).value ?? Object(coverage[0]).archive ?? Object(own).senderJid
  return {
    owner: typeof owner === 'string' ? owner : null,
    outgoing: outbox.filter((row) => isSound('outbox', row)),
  }
}

/** The account databases of this deployment, by their ids, whether or not a row tells of them. */
export async function accountDatabases(factory: IDBFactory, prefix: string): Promise<string[]> {
  // Not known to every browser; what cannot be listed cannot be found.
  const all = 'databases' in factory ? await factory.databases().catch(() => []) : []
  const before = `${prefix}:`
  return all.flatMap(({ name }) => (name?.startsWith(before) ? [name.slice(before.length)] : []))
}

/** null: there is none. */
function openAsItStands(factory: IDBFactory, name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name)
    let isMissing = false
    request.onupgradeneeded = () => {
      // It must not be made.
      isMissing = true
      request.transaction?.abort()
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () =>
      isMissing ? resolve(null) : reject(new Failed('storage-refused', 'wait', failureOf(request.error).cause))
  })
}

function allOf(db: IDBDatabase, store: string, most?: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    try {
      const request = db.transaction(store).objectStore(store).getAll(null, most)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve([])
    } catch {
      // No such store: nothing of it can be read.
      resolve([])
    }
  })
}
