// Databases that cannot be opened, or are taken away from under the app: a sentence, nothing destroyed, and a schema step that
// is broken off anywhere is finished at the next opening.
import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { IDBFactory } from 'fake-indexeddb'
import { afterAll, expect, it } from 'vitest'
import { failureOf } from '#model/failure.ts'
import { open } from '#storage/database.ts'
import { accountSteps, type Step } from '#storage/migrations.ts'
import { report } from '../report.ts'
import { archived, Visit, waiting } from './broken-visit.ts'
import { accountName, answered, remake, rootName } from './damage.ts'

const started = Date.now()
const counts = { cases: 0, held: 0, stepsKilled: 0, unfinished: 0, rowsLost: 0 }
afterAll(() => {
  const held = counts.held === counts.cases && counts.unfinished + counts.rowsLost === 0
  report('R6', {
    case: 'opening and upgrading',
    held,
    on: [],
    counts,
    seconds: Math.round((Date.now() - started) / 100) / 10,
  })
})

/** Counts a case, and that it held where `check` throws nothing. */
async function held(check: () => Promise<void> | void): Promise<void> {
  counts.cases++
  await check()
  counts.held++
}

const hold = (stores: Parameters<Parameters<typeof remake>[2]>[0]): typeof stores => stores

it('says that the database was deleted under it, and gets back what the server has', () =>
  held(async () => {
    const visit = await Visit.prepared()
    const { disk } = visit.house
    await answered(disk.deleteDatabase(await accountName(visit.house)))
    await visit.house.pass(1_000)
    expect(visit.tab.heard).toEqual(['gone'])
    visit.session.databaseClosed('gone')
    await visit.house.pass(1_000)
    expect([visit.session.phase, visit.session.stopped?.what]).toEqual(['stopped', 'storage-gone'])
    await visit.close()
    expect(await visit.start()).toEqual({ told: 'storage-gone', screen: 'signed-out' })
    await visit.signIn()
    await visit.comeBack()
    expect([...(await visit.texts()).keys()]).toEqual(expect.arrayContaining(archived))
  }))

it.each(['account', 'root'])('stops at a newer schema of the %s database, and destroys nothing', (which) =>
  held(async () => {
    const visit = await Visit.prepared()
    const { disk } = visit.house
    const account = await accountName(visit.house)
    await visit.close()
    const name = which === 'root' ? rootName : account
    await remake(disk, name, hold, 99)
    if (which === 'root') await expect(visit.start()).rejects.toMatchObject({ failure: { what: 'storage-newer' } })
    else expect(await visit.start()).toEqual({ told: 'storage-newer', screen: 'stopped' })
    const there = await answered(disk.open(name, 99))
    expect(
      await answered(
        there
          .transaction(which === 'root' ? 'account' : 'outbox')
          .objectStore(which === 'root' ? 'account' : 'outbox')
          .count(),
      ),
    ).toBeGreaterThan(0)
    there.close()
  }),
)

it.each(['UnknownError', 'InvalidStateError', 'SecurityError'])('says that the browser refuses to open: %s', (name) =>
  held(async () => {
    const visit = await Visit.prepared()
    const account = await accountName(visit.house)
    await visit.close()
    const { disk } = visit.house
    const whole = disk.open.bind(disk)
    disk.open = (database, version) => {
      if (database === account) throw new DOMException('refused', name)
      return whole(database, version)
    }
    expect(await visit.start()).toEqual({ told: 'storage-refused', screen: 'stopped' })
    disk.open = whole
    await visit.close()
    expect(await visit.start()).toEqual({ told: null, screen: 'open' })
    await visit.comeBack()
    expect([...(await visit.texts()).keys()]).toEqual(expect.arrayContaining([...archived, ...waiting]))
  }),
)

// There is one released schema so far: two steps are planted behind it, given the way that every step is.
const planted: readonly Step[] = [
  ...accountSteps,
  (db, tx) => {
    db.createObjectStore('planted', { keyPath: 'id' }).createIndex('name', 'name')
    tx.objectStore('message').createIndex('planted', 'via')
  },
  (db, tx) => {
    tx.objectStore('conversation').createIndex('planted', 'kind')
    tx.objectStore('message').deleteIndex('planted')
    db.createObjectStore('last', { keyPath: 'id' })
  },
]
const quiet = { blocked: () => undefined, closed: () => undefined }

interface StoreShape {
  keyPath: string | string[]
  autoIncrement: boolean
  indexes: Record<string, { keyPath: string | string[]; unique: boolean }>
}

/** A database of the released schema, as its fixture says, with some rows. */
async function released(disk: IDBFactory): Promise<void> {
  const fixture = new URL('../../fixtures/schema-1.json', import.meta.url)
  const { account } = JSON.parse(readFileSync(fixture, 'utf8')) as { account: Record<string, StoreShape> }
  const opening = disk.open('account', 1)
  opening.onupgradeneeded = () => {
    for (const [name, { keyPath, autoIncrement, indexes }] of Object.entries(account)) {
      const store = opening.result.createObjectStore(name, { keyPath, autoIncrement })
      for (const [index, shape] of Object.entries(indexes))
        store.createIndex(index, shape.keyPath, { unique: shape.unique })
    }
    const tx = opening.transaction!
    tx.objectStore('conversation').put({ id: 'c', jid: 'juliet@capulet.example', kind: 'chat' })
    for (const at of [1, 2, 3]) tx.objectStore('message').put({ localId: at, via: 'live', conversation: 'c' })
    tx.objectStore('outbox').put({ seq: 1, message: 3, conversation: 'c' })
  }
  ;(await answered(opening)).close()
}

/** The steps as they are, but the process dies at the n-th thing they ask of the database. */
function dyingAt(point: number): { steps: readonly Step[]; hasDied: () => boolean } {
  let count = 0
  let isDead = false
  const mortal = <T extends object>(target: T, tx: IDBTransaction): T =>
    new Proxy(target, {
      get(of, name) {
        const value = Reflect.get(of, name) as unknown
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          if (++count === point) {
            isDead = true
            tx.abort()
            throw new Error('killed')
          }
          const made = (value as (...all: unknown[]) => unknown).apply(of, given)
          return made instanceof IDBObjectStore ? mortal(made, tx) : made
        }
      },
    })
  const steps = planted.map((step): Step => (db, tx) => {
    // Played on paper, to know what is missing, they are only read.
    if (!(db instanceof IDBDatabase)) step(db, tx)
    else if (!isDead) step(mortal(db, tx), mortal(tx, tx))
  })
  return { steps, hasDied: () => isDead }
}

it('finishes an upgrade that was killed anywhere', async () => {
  for (let point = 1; ; point++) {
    const disk = new IDBFactory()
    await released(disk)
    const { steps, hasDied } = dyingAt(point)
    // fake-indexeddb throws on what a killed process would never tell.
    const opening = open(disk, 'account', killedQuietly(steps), quiet).catch((error: unknown) => failureOf(error).what)
    const first = await opening
    if (!hasDied()) break
    counts.stepsKilled++
    expect(first).toBe('storage-refused')
    const db = (await open(disk, 'account', planted, quiet)) as unknown as IDBDatabase
    if (db.version !== 3 || !db.objectStoreNames.contains('last') || !db.objectStoreNames.contains('planted'))
      counts.unfinished++
    const tx = db.transaction(['message', 'conversation', 'outbox'])
    const rows = await Promise.all(
      ['message', 'conversation', 'outbox'].map((name) => tx.objectStore(name).count() as unknown as Promise<number>),
    )
    if (rows.join() !== '3,1,1') counts.rowsLost++
    db.close()
  }
  expect(counts).toMatchObject({ stepsKilled: 9, unfinished: 0, rowsLost: 0 })
})

function killedQuietly(steps: readonly Step[]): readonly Step[] {
  return steps.map((step): Step => (db, tx) => {
    try {
      step(db, tx)
    } catch {
      // The process is gone.
    }
  })
}

it('waits for an old tab that does not let go, says so, and goes on when it does', () =>
  held(async () => {
    const disk = new IDBFactory()
    await released(disk)
    const old = await answered(disk.open('account', 1))
    const heard: string[] = []
    const opening = open(disk, 'account', planted, { ...quiet, blocked: () => heard.push('blocked') })
    await new Promise((done) => setTimeout(done, 50))
    expect(heard).toEqual(['blocked'])
    old.close()
    expect((await opening).version).toBe(3)
  }))
