// A signed-in page with any number of stored messages in 50 conversations, and the floor's page beside it on the same origin.
// The rows are copies of what the product stored itself, older ones put before them: an archive that was read long ago.
import { readFileSync } from 'node:fs'
import type { Account, Page, Server } from './fixtures.ts'
import { line, lines, signIn } from '../e2e/person.ts'
import { expect } from './fixtures.ts'
import type { Control } from '../../tools/prosody/control.mjs'
import { dice } from '../lab/engine/dice.ts'

export const conversations = 50

/** What a benchmark asks its floor for; see floor/floor.js. */
interface Floor {
  live(account: Account): Promise<void>
  catchUp(account: Account, after: string): Promise<void>
  openable(conversations: string[]): Promise<void>
  scrollable(conversation: string): Promise<void>
  typable(): void
  keep(): Promise<void>
}

/** Puts the floor's files beside those of the app. */
export function serveFloor(server: Server): void {
  const text = (name: string) => readFileSync(new URL(`floor/${name}`, import.meta.url), 'utf8')
  server.setFiles({
    'floor/index.html': text('index.html'),
    'floor/floor.js': text('floor.js'),
    'floor/worker.js': text('worker.js'),
  })
}

/** Calls one of the floor's functions in its page. */
export async function floorDoes<K extends keyof Floor>(page: Page, name: K, ...args: Parameters<Floor[K]>) {
  await page.evaluate(
    async ({ name, args }) => {
      const { floor } = window as unknown as { floor: Record<string, (...args: unknown[]) => Promise<void>> }
      await floor[name]!(...args)
    },
    { name, args: args as unknown[] },
  )
}

export const nameOf = (at: number) => `friend-${String(at).padStart(2, '0')}`
const jidOf = (at: number) => `${nameOf(at)}@localhost`

/** Contacts who never were: nobody answers for them, and nobody asks. */
async function befriendAll(prosody: Control, account: Account): Promise<void> {
  const items = Array.from({ length: conversations }, (_, at) => ({
    jid: jidOf(at),
    name: nameOf(at),
    subscription: 'none' as const,
  }))
  await prosody.roster(account.user, items)
}

/** Messages of all contacts in turn, one a second, the newest `ago` seconds back; ids begin with `name`. */
export async function fillAll(
  prosody: Control,
  account: Account,
  { count, name, ago, body }: { count: number; name: string; ago: number; body: (at: number) => string },
): Promise<void> {
  const end = Math.floor(Date.now() / 1000) - ago
  const items = Array.from({ length: count }, (_, at) => {
    const from = jidOf(at % conversations)
    const id = `${name}-${at}`
    const origin = `<origin-id xmlns="urn:xmpp:sid:0" id="${id}"/>`
    return {
      id: `archive-${id}`,
      at: end - (count - 1 - at),
      with: from,
      xml: `<message xmlns="jabber:client" from="${from}/past" to="${account.jid}" id="${id}" type="chat"><body>${body(at)}</body>${origin}</message>`,
    }
  })
  await prosody.fill(account.user, items)
}

export const newestWords = 'the newest here'

/** Signs in to an account with one message in each conversation. */
export async function signInAmongFriends(page: Page, account: Account, prosody: Control, server: Server) {
  await befriendAll(prosody, account)
  await fillAll(prosody, account, {
    count: conversations,
    name: 'first',
    ago: 3_600,
    body: (at) => `${newestWords}: ${at}.`,
  })
  await signIn(page, account, { url: server.url })
  await expect(lines(page)).toHaveCount(conversations)
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
}

export interface Place {
  bucket: string
  name: string
  /** Ids of the conversations with friend 0, 1, … */
  ids: string[]
}

/** Where the product keeps its rows. */
export function placeOf(page: Page): Promise<Place> {
  return page.evaluate(
    async (jids) => {
      const { storageBuckets } = navigator as unknown as {
        storageBuckets: { keys(): Promise<string[]>; open(name: string): Promise<{ indexedDB: IDBFactory }> }
      }
      const all: [string, IDBFactory][] = [['', indexedDB]]
      for (const bucket of (await storageBuckets?.keys()) ?? [])
        all.push([bucket, (await storageBuckets.open(bucket)).indexedDB])
      for (const [bucket, factory] of all) {
        for (const { name = '' } of await factory.databases()) {
          if (!/^besedka:.*:/.test(name)) continue
          const request = factory.open(name)
          await new Promise((resolve) => (request.onsuccess = resolve))
          const rows = request.result.transaction('conversation').objectStore('conversation').getAll()
          await new Promise((resolve) => (rows.onsuccess = resolve))
          request.result.close()
          const byJid = new Map((rows.result as { jid: string; id: string }[]).map(({ jid, id }) => [jid, id]))
          return { bucket, name, ids: jids.map((jid) => byJid.get(jid) ?? '') }
        }
      }
      throw new Error('nobody is signed in')
    },
    Array.from({ length: conversations }, (_, at) => jidOf(at)),
  )
}

const words = 'the rain came late and nobody had thought of shutting the upper window before they went'.split(' ')

/** How many the conversation with friend 0 has of `count`: half of all; the others share the rest. */
const sharesOf = (count: number) =>
  Array.from({ length: conversations }, (_, at) =>
    at === 0 ? count / 2 : Math.floor((count * at) / 2 / 49) - Math.floor((count * (at - 1)) / 2 / 49),
  )

/** Brings the store to `count` messages. `page` is any of the origin. */
export async function stock(page: Page, place: Place, count: number): Promise<void> {
  const { roll } = dice(20_261_123)
  const texts = Array.from({ length: 200 }, () =>
    Array.from({ length: 4 + Math.floor(roll() * 20) }, () => words[Math.floor(roll() * words.length)]).join(' '),
  )
  await page.evaluate(stockInPage, { ...place, shares: sharesOf(count), texts })
}

interface Row {
  localId?: number
  conversation: string
  isOwn: boolean
  senderJid: string
  at: number
  rank: string
  [key: string]: unknown
}

/** Runs in the page: no closures. */
async function stockInPage(order: Place & { shares: number[]; texts: string[] }): Promise<void> {
  const { bucket, name, ids, shares, texts } = order
  const { storageBuckets } = navigator as unknown as {
    storageBuckets: { open(name: string): Promise<{ indexedDB: IDBFactory }> }
  }
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error(String(request.error)))
    })
  const home = bucket === '' ? window : await storageBuckets.open(bucket)
  // When a bucket is collected, its open databases never answer again (Chromium 156).
  Object.assign(window, { home })
  const db = await done(home.indexedDB.open(name))
  const chunk = 2_000
  for (const [at, id] of ids.entries()) {
    const range = IDBKeyRange.bound([id], [id, []])
    const index = db.transaction('message').objectStore('message').index('timeline')
    const newest = (await done(index.openCursor(range, 'prev')))!.value as Row
    const have = await done(index.count(range))
    for (let from = have; from < shares[at]!; from += chunk) {
      const tx = db.transaction('message', 'readwrite')
      for (let step = from; step < Math.min(from + chunk, shares[at]!); step++) {
        const when = newest.at - step * 60_000
        const key = `seed-${at}-${step}`
        const isOwn = step % 3 === 0
        const sender = isOwn ? (newest['by'] as string) : newest.senderJid
        const row: Row = {
          ...newest,
          isOwn,
          senderJid: sender,
          at: when,
          sentAt: when,
          place: [id, 0, when, newest.rank],
          unreadPlace: [id, when, newest.rank],
          originId: key,
          originKey: [id, sender, key],
          messageId: key,
          wireKey: [id, sender, key],
          archiveId: key,
          archiveKey: [newest['by'], key],
          delivery: isOwn ? { status: 'sent', times: { sent: when }, failure: null } : null,
          sealed: { key: 0, body: { parts: [{ kind: 'text', body: `${step}: ${texts[step % 200]}` }], raw: null } },
        }
        delete row.localId
        if (isOwn) delete row['unreadPlace']
        tx.objectStore('message').add(row)
      }
      await new Promise((resolve, reject) => {
        tx.oncomplete = resolve
        tx.onabort = () => reject(new Error(String(tx.error)))
      })
    }
  }
  db.close()
}

/** Opens the conversation with a friend and waits for its newest message. */
export async function openFriend(page: Page, at: number): Promise<void> {
  await line(page, nameOf(at)).click()
  await expect(page.locator('.timeline-row').last()).toContainText(`${newestWords}: ${at}.`)
}
