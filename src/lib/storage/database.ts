/**
 * Opens, upgrades and deletes the databases, and runs fenced write transactions.
 * What the rows mean is left to read/ and write/.
 */
import { wrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import { Failed, failureOf } from '#model/failure.ts'
import type { Change } from '#model/change.ts'
import type { StoreKey } from '#vault/seal.ts'
import { accountSteps, rootSteps, type Step } from './migrations.ts'
import type { AccountSchema, RootSchema } from './schema.ts'
import { missingIn } from './shape.ts'

export type AccountStore = StoreNames<AccountSchema>
export type AccountTx = IDBPTransaction<AccountSchema, AccountStore[], 'readwrite'>
export type RootDatabase = IDBPDatabase<RootSchema>

/** What the opener hears while a database is open. */
export interface OpenListener {
  /** Another tab holds an older version open; the upgrade waits for it. */
  blocked(): void
  /** A newer version wants to upgrade, or the database was deleted or lost: it is closed now. */
  closed(why: 'newer' | 'gone'): void
}

/** One account's open database with what is needed to read its rows. */
export interface AccountDatabase {
  readonly name: string
  readonly db: IDBPDatabase<AccountSchema>
  /** Opens sealed rows; set once, right after opening. */
  keys: readonly StoreKey[]
}

/** One that is not whole is made anew: which accounts there are is found out again when somebody signs in. */
export async function openRoot(factory: IDBFactory, name: string, listener: OpenListener): Promise<RootDatabase> {
  try {
    return await open<RootSchema>(factory, name, rootSteps, listener)
  } catch (error) {
    if (failureOf(error).what !== 'storage-broken') throw error
    if ((await deleteDatabase(factory, name)) === 'blocked') listener.blocked()
    return open<RootSchema>(factory, name, rootSteps, listener)
  }
}

export async function openAccount(factory: IDBFactory, name: string, listener: OpenListener): Promise<AccountDatabase> {
  return { name, db: await open<AccountSchema>(factory, name, accountSteps, listener), keys: [] }
}

/**
 * Opens `name` at the newest version that `steps` know. A step that is broken off leaves the version before it.
 * @throws Failed storage-newer where a newer app wrote it, storage-broken where a store or an index is missing,
 * storage-full, storage-refused where the browser does not open it
 */
export function open<S extends DBSchema>(
  factory: IDBFactory,
  name: string,
  steps: readonly Step[],
  listener: OpenListener,
): Promise<IDBPDatabase<S>> {
  return new Promise((resolve, reject) => {
    let request: IDBOpenDBRequest
    try {
      request = factory.open(name, steps.length)
    } catch (error) {
      // Where storage is forbidden, some browsers throw.
      return reject(openError(error))
    }
    request.onupgradeneeded = (event) => {
      const tx = request.transaction
      if (tx === null) return
      for (let version = event.oldVersion; version < steps.length; version++) steps[version]?.(request.result, tx)
    }
    request.onblocked = () => listener.blocked()
    request.onerror = () => reject(openError(request.error))
    request.onsuccess = () => {
      const db = request.result
      const failure = failureOfOpened(db, steps)
      if (failure !== null) {
        db.close()
        return reject(failure)
      }
      // An older app must give way to a newer one in another tab, or that one waits for ever.
      db.onversionchange = (event) => {
        db.close()
        listener.closed(event.newVersion === null ? 'gone' : 'newer')
      }
      db.onclose = () => listener.closed('gone')
      resolve(wrap(db) as unknown as IDBPDatabase<S>)
    }
  })
}

/** null: it is whole, and can be used. */
function failureOfOpened(db: IDBDatabase, steps: readonly Step[]): Failed | null {
  try {
    const missing = missingIn(db, steps)
    return missing === null ? null : new Failed('storage-broken', 'ask', `no ${missing}`)
  } catch (error) {
    // Taken away again in the same moment.
    return storageError(error)
  }
}

/** Deletes a database; resolves also where another tab still has to let go of it. */
export function deleteDatabase(factory: IDBFactory, name: string): Promise<'deleted' | 'blocked'> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name)
    request.onsuccess = () => resolve('deleted')
    request.onblocked = () => resolve('blocked')
    request.onerror = () => reject(storageError(request.error))
  })
}

/** A Failure for what kept a database from being opened. */
function openError(error: unknown): Failed {
  const failed = storageError(error)
  const { what, cause } = failed.failure
  return what === 'storage-full' || what === 'storage-newer' ? failed : new Failed('storage-refused', 'ask', cause)
}

/** A Failure for what IndexedDB threw. */
export function storageError(error: unknown): Failed {
  if (error instanceof Failed) return error
  const name = (error as { name?: string } | null)?.name ?? ''
  const cause = failureOf(error).cause
  if (name === 'QuotaExceededError') return new Failed('storage-full', 'wait', cause)
  if (name === 'VersionError') return new Failed('storage-newer', 'ask', cause)
  if (name === 'InvalidStateError' || name === 'NotFoundError') return new Failed('storage-gone', 'ask', cause)
  // Not the disk's fault, and no better next time: a value that cannot be stored, or a fault of ours.
  if (/^(Data(Clone)?|Constraint)Error$/.test(name) || (error && !(error instanceof DOMException)))
    return new Failed('unexpected', 'give-up', cause)
  return new Failed('storage-failed', 'wait', cause)
}

const allStores: AccountStore[] = [
  'meta',
  'conversation',
  'message',
  'outbox',
  'coverage',
  'gap',
  'roster',
  'presence',
  'subscription',
]

/**
 * One readwrite transaction over `stores`; resolves with what `work` gives, after the commit.
 * @throws Failed storage-* where nothing was written, or what `work` threw
 */
export async function transact<S extends DBSchema, Names extends StoreNames<S>[], T>(
  db: IDBPDatabase<S>,
  stores: Names,
  work: (tx: IDBPTransaction<S, Names, 'readwrite'>, later: Writing['later']) => Promise<T>,
): Promise<T> {
  const failures: unknown[] = []
  const later = (request: Promise<unknown>): void => {
    request.catch((error: unknown) => failures.push(error))
  }
  let tx: IDBPTransaction<S, Names, 'readwrite'> | null = null
  try {
    tx = db.transaction(stores, 'readwrite')
    // An aborted one rejects here as well; the first error is the one that tells.
    tx.done.catch(() => undefined)
    const result = await work(tx, later)
    await tx.done
    return result
  } catch (error) {
    try {
      tx?.abort()
    } catch {
      // Already aborted by the browser: remedy none needed, the error below is thrown on.
    }
    // What failed first aborted the rest, which only tell that they were aborted.
    throw storageError(tx?.error ?? failures[0] ?? error)
  }
}

/** Collects what a transaction changes; handed out only after its commit. */
export interface Writing {
  readonly tx: AccountTx
  readonly keys: readonly StoreKey[]
  /** Client time of this transaction, ms since the epoch. */
  readonly now: number
  readonly changes: Change[]
  /** Takes a request whose result nobody waits for; where it fails, so does the transaction, for that reason. */
  later(request: Promise<unknown>): void
}

/**
 * One readwrite transaction of the engine, fenced by its epoch (architecture, Tabs).
 * Resolves after the commit with the changes that may now be told.
 * @throws Failed epoch-lost where another tab took over; storage-* where nothing was written
 */
export async function write(
  account: AccountDatabase,
  epoch: number,
  now: number,
  work: (writing: Writing) => Promise<void>,
): Promise<Change[]> {
  const changes: Change[] = []
  await transact(account.db, allStores, async (tx, later) => {
    const stored = await tx.objectStore('meta').get('epoch')
    if ((stored?.value ?? 0) !== epoch) throw new Failed('epoch-lost', 'give-up', `epoch ${epoch}`)
    await work({ tx, keys: account.keys, now, changes, later })
  })
  return changes
}

/** Takes over: increments the epoch, so that every later write of an earlier leader aborts. */
export function takeEpoch(account: AccountDatabase): Promise<number> {
  return transact(account.db, ['meta'], async (tx) => {
    const store = tx.objectStore('meta')
    const stored = await store.get('epoch')
    const epoch = (Number(stored?.value) || 0) + 1
    await store.put({ name: 'epoch', value: epoch })
    return epoch
  })
}

/** Reads one fact of `meta`. */
export async function readMeta<T>(account: AccountDatabase, name: string): Promise<T | null> {
  const row = await account.db.get('meta', name)
  return (row?.value as T | undefined) ?? null
}

/** Writes one fact of `meta` inside a transaction. */
export async function putMeta(writing: Writing, name: string, value: unknown): Promise<void> {
  await writing.tx.objectStore('meta').put({ name, value })
}
