import 'fake-indexeddb/auto'
import { readFileSync, writeFileSync } from 'node:fs'
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { deleteDatabase, openAccount, openRoot, storageError } from './database.ts'

const quiet = { blocked: () => undefined, closed: () => undefined }
const fixture = new URL('../../../tests/fixtures/schema-1.json', import.meta.url)

function shapeOf(db: IDBDatabase): unknown {
  const stores = [...db.objectStoreNames].sort()
  const tx = db.transaction(stores)
  return Object.fromEntries(
    stores.map((name) => {
      const store = tx.objectStore(name)
      const indexes = [...store.indexNames].sort().map((each) => {
        const { keyPath, unique, multiEntry } = store.index(each)
        return [each, { keyPath, unique, multiEntry }]
      })
      const { keyPath, autoIncrement } = store
      return [name, { keyPath, autoIncrement, indexes: Object.fromEntries(indexes) as unknown }]
    }),
  )
}

describe('the schema', () => {
  it('is the released one, which is never edited', async () => {
    const factory = new IDBFactory()
    const root = (await openRoot(factory, 'root', quiet)) as unknown as IDBDatabase
    const account = (await openAccount(factory, 'account', quiet)).db as unknown as IDBDatabase
    const shape = JSON.stringify({ version: account.version, root: shapeOf(root), account: shapeOf(account) }, null, 2)
    // A new version gets a fixture of its own; this one stays.
    if (process.env['BESEDKA_NEW_FIXTURE']) writeFileSync(fixture, `${shape}\n`)
    expect(JSON.parse(shape)).toEqual(JSON.parse(readFileSync(fixture, 'utf8')))
  })

  it('is made once: opening again changes nothing', async () => {
    const factory = new IDBFactory()
    const first = await openAccount(factory, 'account', quiet)
    await first.db.put('meta', { name: 'x', value: 1 })
    first.db.close()
    const second = await openAccount(factory, 'account', quiet)
    expect((await second.db.get('meta', 'x'))?.value).toBe(1)
  })
})

describe('several versions', () => {
  it('stops at a database of a newer app and says so', async () => {
    const factory = new IDBFactory()
    await new Promise(
      (done) =>
        (factory.open('account', 99).onsuccess = (event) => done((event.target as IDBOpenDBRequest).result.close())),
    )
    await expect(openAccount(factory, 'account', quiet)).rejects.toMatchObject({
      failure: { what: 'storage-newer', remedy: 'ask' },
    })
  })

  it('gives way to a newer app in another tab, and says why', async () => {
    const factory = new IDBFactory()
    const why: string[] = []
    await openAccount(factory, 'account', { blocked: () => undefined, closed: (reason) => why.push(reason) })
    await new Promise((done) => (factory.open('account', 99).onsuccess = done))
    expect(why).toEqual(['newer'])
  })

  it('says that it waits for a tab that holds the database open', async () => {
    const factory = new IDBFactory()
    // An older app that does not close when it is asked to.
    const old = await new Promise<IDBDatabase>((done) => {
      const request = factory.open('account', 1)
      request.onsuccess = () => done(request.result as never)
    })
    const deleting = deleteDatabase(factory, 'account')
    expect(await deleting).toBe('blocked')
    old.close()
    let isBlocked = false
    const opened = await openAccount(factory, 'account', { blocked: () => (isBlocked = true), closed: () => undefined })
    expect(opened.db.version).toBe(1)
    expect(isBlocked).toBe(false)
  })

  it('says when the database is deleted under it', async () => {
    const factory = new IDBFactory()
    const why: string[] = []
    await openAccount(factory, 'account', { blocked: () => undefined, closed: (reason) => why.push(reason) })
    expect(await deleteDatabase(factory, 'account')).toBe('deleted')
    expect(why).toEqual(['gone'])
  })
})

it.each([
  ['QuotaExceededError', 'storage-full', 'wait'],
  ['VersionError', 'storage-newer', 'ask'],
  ['InvalidStateError', 'storage-gone', 'ask'],
  ['NotFoundError', 'storage-gone', 'ask'],
  ['UnknownError', 'storage-failed', 'wait'],
])('%s is told as %s', (name, what, remedy) => {
  expect(storageError(new DOMException('x', name)).failure).toMatchObject({ what, remedy })
})
