// Looks into the databases of a page as the browser keeps them, past the app.
import type { Page } from '@playwright/test'

/** A stored message, as far as tests want to know. */
export interface Stored {
  body: string | null
  isOwn: boolean
  originId: string | null
  archiveId: string | null
  at: number
  status: string | null
}

/** What a browser keeps of this origin. */
export interface Traces {
  databases: string[]
  buckets: string[]
  caches: string[]
  /** Keys, without those in which the router keeps scroll positions until the tab closes. */
  storages: string[]
  cookies: string
}

/** Everything this origin keeps, by name. Read in the page. */
export function traces(page: Page): Promise<Traces> {
  return page.evaluate(async () => {
    const buckets = (navigator as unknown as { storageBuckets?: { keys(): Promise<string[]> } }).storageBuckets
    return {
      databases: (await indexedDB.databases()).map(({ name }) => name ?? ''),
      buckets: (await buckets?.keys()) ?? [],
      caches: await caches.keys(),
      storages: [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter(
        (key) => !key.startsWith('sveltekit:'),
      ),
      cookies: document.cookie,
    }
  })
}

/** All rows of one store of the account's database; empty without an account. */
export function rowsOf<T>(page: Page, store: string): Promise<T[]> {
  return page.evaluate(readStore, { store, isCount: false }) as Promise<T[]>
}

/** How many rows a store has; costs the page nothing, as reading them would. */
export async function countOf(page: Page, store: string): Promise<number> {
  return (await page.evaluate(readStore, { store, isCount: true })) as number
}

/** Runs in the page: no closures. */
async function readStore({ store, isCount }: { store: string; isCount: boolean }): Promise<unknown[] | number> {
  interface Buckets {
    keys(): Promise<string[]>
    open(name: string): Promise<{ indexedDB: IDBFactory }>
  }
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error(String(request.error)))
    })
  const buckets = (navigator as unknown as { storageBuckets?: Buckets }).storageBuckets
  const factories = [indexedDB]
  for (const name of (await buckets?.keys()) ?? []) factories.push((await buckets!.open(name)).indexedDB)
  for (const factory of factories) {
    for (const { name = '' } of await factory.databases()) {
      // The root database is named by its path alone; an account's has an id behind it.
      if (!/^besedka:.*:/.test(name)) continue
      const db = await done(factory.open(name))
      try {
        const rows = db.transaction(store).objectStore(store)
        return isCount ? await done(rows.count()) : await done<unknown[]>(rows.getAll())
      } finally {
        db.close()
      }
    }
  }
  return isCount ? 0 : []
}

interface Row {
  localId: number
  conversation: string
  pending: 0 | 1
  place?: [string, 0 | 1, number, string]
  isOwn: boolean
  originId: string | null
  archiveId: string | null
  at: number
  rank: string
  delivery: { status: string } | null
  sealed: { body: { parts: { kind: string; body?: string }[] } }
}

/** The messages with a text, of all conversations, in the order of the timeline. */
export async function messages(page: Page): Promise<Stored[]> {
  const rows = await rowsOf<Row>(page, 'message')
  const text = ({ sealed }: Row) => sealed.body.parts.find(({ kind }) => kind === 'text')?.body ?? null
  return rows
    .filter((row) => text(row) !== null)
    .sort((a, b) => a.pending - b.pending || a.at - b.at || (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map((row) => ({
      body: text(row),
      isOwn: row.isOwn,
      originId: row.originId,
      archiveId: row.archiveId,
      at: row.at,
      status: row.delivery?.status ?? null,
    }))
}
