// The databases under the app are missing, broken, deleted, newer or held by an old tab: the person is told in one sentence,
// what the server has comes back, and what waited to be sent is kept where it can be read at all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FailureName } from '#model/failure.ts'
import { report } from '../report.ts'
import { archived, Visit, waiting } from './broken-visit.ts'
import { accountName, answered, garbage, lacking, lackingIndex, remake, rootName, spoilt } from './damage.ts'

interface Case {
  readonly name: string
  /** null: nothing to tell; it mends itself. */
  readonly told: FailureName | null
  readonly damage: (visit: Visit, account: string) => Promise<unknown>
  /** What waited lay in what is gone. */
  readonly losesOutbox?: true
}

const onAccount = (change: Parameters<typeof remake>[2]) => (visit: Visit, account: string) =>
  remake(visit.house.disk, account, change)
const onRoot = (change: Parameters<typeof remake>[2]) => (visit: Visit) => remake(visit.house.disk, rootName, change)

const stores = [
  'meta',
  'key',
  'secret',
  'conversation',
  'message',
  'outbox',
  'coverage',
  'gap',
  'roster',
  'presence',
  'subscription',
]
/** What rows keep where the rest of them is garbage: their keys and what they are found by. */
const found: Readonly<Record<string, readonly string[]>> = {
  meta: ['name'],
  key: ['version'],
  secret: ['id'],
  conversation: ['id', 'jid'],
  message: ['localId', 'conversation', 'place', 'archiveKey', 'originKey', 'wireKey', 'isOwn', 'pending'],
  outbox: ['seq', 'message', 'conversation'],
  coverage: ['archive', 'with'],
  gap: ['id', 'archive'],
  roster: ['jid'],
  presence: ['jid'],
  subscription: ['jid'],
}

const damages: readonly Case[] = [
  {
    name: 'the account’s database is missing',
    told: 'storage-gone',
    damage: ({ house }, account) => answered(house.disk.deleteDatabase(account)),
    losesOutbox: true,
  },
  {
    name: 'the root database is missing',
    told: 'storage-stray',
    damage: ({ house }) => answered(house.disk.deleteDatabase(rootName)),
  },
  ...stores.map((store): Case => ({
    name: `no store ${store}`,
    told: 'storage-broken',
    damage: onAccount(lacking(store)),
    ...(store === 'outbox' ? { losesOutbox: true } : {}),
  })),
  { name: 'no index timeline', told: 'storage-broken', damage: onAccount(lackingIndex('message', 'timeline')) },
  ...['account', 'setting', 'request'].map((store): Case => ({
    name: `no store ${store} in the root`,
    told: 'storage-stray',
    damage: onRoot(lacking(store)),
  })),
  ...stores.map((store): Case => ({
    name: `garbage in ${store}`,
    told: store === 'conversation' || store === 'key' ? 'storage-broken' : null,
    damage: onAccount(spoilt(store, garbage(found[store] ?? []))),
  })),
  ...stores
    .filter((store) => store !== 'message')
    .map((store): Case => ({
      name: `bare keys in ${store}`,
      told: store === 'conversation' || store === 'key' ? 'storage-broken' : null,
      damage: onAccount(
        spoilt(store, (row) => Object.fromEntries((found[store] ?? []).map((name) => [name, row[name]]))),
      ),
    })),
  { name: 'garbage in the account’s row', told: null, damage: onRoot(spoilt('account', garbage(['id']))) },
]

let unhandled: unknown[] = []
const hear = (error: unknown): void => void unhandled.push(error)
beforeAll(() => void process.on('unhandledRejection', hear))
afterAll(() => void process.off('unhandledRejection', hear))

const counts = { cases: 0, wrongSentence: 0, lostOfServer: 0, lostOfOutbox: 0, twice: 0, stuck: 0, unhandled: 0 }
const started = Date.now()
afterAll(() => {
  const { cases, ...bad } = counts
  const held = cases > 0 && Object.values(bad).every((count) => count === 0)
  report('R6', { case: 'every damage', held, on: [], counts, seconds: Math.round((Date.now() - started) / 100) / 10 })
})

describe('after it, all is there again', () => {
  it.each(damages)('$name', async ({ told, damage, losesOutbox }) => {
    unhandled = []
    const visit = await Visit.prepared()
    const account = await accountName(visit.house)
    await visit.close()
    await damage(visit, account)
    const seen = await visit.start()
    if (visit.session.phase === 'signed-out') await visit.signIn()
    const isOpen = visit.session.phase === 'open'
    if (isOpen) await visit.comeBack()
    const texts = isOpen ? await visit.texts() : new Map<string, string>()
    const heard = visit.house.server.bodiesHeard
    const lost = archived.filter((body) => !texts.has(body))
    const unsent = losesOutbox ? [] : waiting.filter((body) => !heard.includes(body) && !isAsked(texts.get(body)))
    const twice = [...texts.keys()].filter((text) => text.endsWith('(twice)'))
    counts.cases++
    counts.lostOfServer += lost.length
    counts.lostOfOutbox += unsent.length
    counts.twice += twice.length + (heard.length - new Set(heard).size)
    counts.stuck += isOpen ? 0 : 1
    counts.unhandled += unhandled.length
    if (seen.told !== told) counts.wrongSentence++
    await visit.close()
    expect({ told: seen.told, isOpen, lost, unsent, twice, unhandled }).toEqual({
      told,
      isOpen: true,
      lost: [],
      unsent: [],
      twice: [],
      unhandled: [],
    })
  })
})

/** The person decides: it says so at the message, with "Try again". */
function isAsked(status: string | undefined): boolean {
  return status === 'uncertain' || status === 'failed'
}
