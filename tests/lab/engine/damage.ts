// What can become of the databases under the app: deleted, without a store, full of rows that are none, made by a newer app.
// Done to the disk of a test while nobody has it open.
import type { Household } from '../../flows/stage/household.ts'

export const rootName = 'besedka:/'

/** Name of the one account's database. */
export async function accountName(house: Household): Promise<string> {
  const [name] = await house.databases()
  if (name === undefined) throw new Error('no account on the disk')
  return name
}

export function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('failed'))
  })
}

interface Copy {
  readonly name: string
  readonly keyPath: string | string[]
  readonly autoIncrement: boolean
  readonly indexes: readonly { name: string; keyPath: string | string[]; unique: boolean }[]
  readonly rows: readonly unknown[]
}

async function copyOf(db: IDBDatabase): Promise<Copy[]> {
  const names = [...db.objectStoreNames]
  const tx = db.transaction(names)
  return Promise.all(
    names.map(async (name) => {
      const store = tx.objectStore(name)
      const indexes = [...store.indexNames].map((each) => {
        const { keyPath, unique } = store.index(each)
        return { name: each, keyPath: keyPath, unique }
      })
      const { keyPath, autoIncrement } = store
      return { name, keyPath: keyPath ?? '', autoIncrement, indexes, rows: await answered(store.getAll()) }
    }),
  )
}

/** The same database, with what `change` makes of its stores; `version` of the schema. */
export async function remake(
  disk: IDBFactory,
  name: string,
  change: (stores: Copy[]) => Copy[],
  version = 1,
): Promise<void> {
  const before = await answered(disk.open(name))
  const stores = change(await copyOf(before))
  before.close()
  await answered(disk.deleteDatabase(name))
  const opening = disk.open(name, version)
  opening.onupgradeneeded = () => {
    for (const { name: store, keyPath, autoIncrement, indexes, rows } of stores) {
      const made = opening.result.createObjectStore(store, { keyPath, autoIncrement })
      for (const index of indexes) made.createIndex(index.name, index.keyPath, { unique: index.unique })
      for (const row of rows) made.put(row)
    }
  }
  const after = await answered(opening)
  after.close()
}

/** Without a store. */
export const lacking = (store: string) => (stores: Copy[]) => stores.filter(({ name }) => name !== store)

/** Without an index of a store. */
export const lackingIndex = (store: string, index: string) => (stores: Copy[]) =>
  stores.map((each) =>
    each.name === store ? { ...each, indexes: each.indexes.filter(({ name }) => name !== index) } : each,
  )

/** Every row of a store is changed. */
export const spoilt = (store: string, spoil: (row: Record<string, unknown>) => unknown) => (stores: Copy[]) =>
  stores.map((each) =>
    each.name === store ? { ...each, rows: each.rows.map((row) => spoil({ ...(row as object) })) } : each,
  )

/** Only its key and what it is found by, everything else of a wrong kind. */
export function garbage(kept: readonly string[]): (row: Record<string, unknown>) => unknown {
  return (row) =>
    Object.fromEntries(Object.keys(row).map((name) => [name, kept.includes(name) ? row[name] : { wrong: 1 }]))
}
