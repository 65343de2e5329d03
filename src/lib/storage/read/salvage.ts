/**
 * What can still be read of an account's database that is not whole or that no row tells of: what waited to be sent, and
 * whose it is. It is opened as it stands and changed in nothing.
 */
import type { OutboxRow } from '../schema.ts'
import { isSound } from '../sound.ts'

export interface Salvage {
  /** Bare address of the account; null: it cannot be told. */
  readonly owner: string | null
  /** In order of queueing. */
  readonly outgoing: readonly OutboxRow[]
}

const nothing: Salvage = { owner: null, outgoing: [] }

/** Never rejects: what cannot be read is not there. */
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

function openAsItStands(factory: IDBFactory, name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    const request = factory.open(name)
    // It does not exist, and must not be made.
    request.onupgradeneeded = () => request.transaction?.abort()
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => resolve(null)
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
