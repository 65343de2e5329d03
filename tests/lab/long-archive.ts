// An archive of many messages in many conversations, what a device must have of it, and how much of that it lacks.
import type { Page } from '@playwright/test'
import type { ArchiveItem } from '../../tools/prosody/control.mjs'
import type { Dice } from './engine/dice.ts'

/** One conversation as the archive has it. */
interface Talk {
  /** Archive ids of its texts, in the order of the archive. */
  readonly ids: string[]
  /** What others said after the last word of our own; null: somebody looks on, so only counting tells. */
  unread: number | null
}

/** Contacts whom nobody else knows. */
export function peersOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `contact-${at}@localhost`)
}

/** A past that was not read on this device. */
export class LongArchive {
  readonly items: ArchiveItem[] = []
  readonly talks = new Map<string, Talk>()

  get texts(): number {
    return [...this.talks.values()].reduce((sum, { ids }) => sum + ids.length, 0)
  }

  /** Writes `count` further texts with chance, so that a few of `peers` have most of them; neighbours often share a second. */
  add(own: string, peers: readonly string[], count: number, chance: Dice, end: number): void {
    const stamps = Array.from({ length: count }, () => chance.between(0, count * 4)).sort((a, b) => a - b)
    const [first, before] = [this.texts, end - count * 4]
    stamps.forEach((stamp, at) => {
      const peer = peers[Math.floor(peers.length * chance.roll() ** 3)] ?? ''
      const isOwn = chance.roll() < 0.3
      const id = `long-${first + at}`
      const body = `<body>number ${first + at}: ${'word '.repeat(chance.between(1, 30))}</body>`
      this.#put({ own, peer, isOwn, id, at: before + stamp }, body)
      const talk = this.talks.get(peer) ?? { ids: [], unread: 0 }
      talk.ids.push(`archive-${id}`)
      talk.unread = isOwn ? 0 : (talk.unread ?? 0) + 1
      this.talks.set(peer, talk)
      // What is no text stands in archives too.
      if (isOwn && chance.roll() < 0.1)
        this.#put(
          { own, peer, isOwn: false, id: `${id}-receipt`, at: before + stamp },
          `<received xmlns="urn:xmpp:receipts" id="${id}"/>`,
        )
    })
  }

  /** How the newest text of a conversation begins. */
  newest(peer: string): string {
    return `number ${this.talks.get(peer)?.ids.at(-1)?.replace('archive-long-', '')}:`
  }

  #put(item: { own: string; peer: string; isOwn: boolean; id: string; at: number }, inner: string): void {
    const { own, peer, isOwn, id, at } = item
    const [from, to] = isOwn ? [own, peer] : [peer, own]
    const head = `from="${from}/past" to="${to}" id="${id}" type="chat"`
    const origin = `<origin-id xmlns="urn:xmpp:sid:0" id="${id}"/>`
    const xml = `<message xmlns="jabber:client" ${head}>${inner}${origin}</message>`
    this.items.push({ id: `archive-${id}`, at, with: peer, xml })
  }

  /** Somebody has this conversation on screen. */
  watch(peer: string): void {
    const talk = this.talks.get(peer)
    if (talk) talk.unread = null
  }

  /** All of it was read: what a device sees at its first sign-in, or a person before going away. */
  read(): void {
    for (const talk of this.talks.values()) talk.unread = 0
  }
}

/** One conversation as a device keeps it. */
export interface Kept {
  readonly jid: string
  /** Of its texts, in the order of the screen; null: the archive never named it. */
  readonly ids: readonly (string | null)[]
  /** The number on screen, and the one counted from the rows. */
  readonly unread: number
  readonly counted: number
}

export interface Verdict extends Record<string, number> {
  stored: number
  /** Texts of the archive that are not there: of `whole` conversations any, of others those after the oldest that is. */
  missing: number
  doubles: number
  misordered: number
  /** Conversations whose number of unread messages is another than the archive's or than counting gives. */
  'unread wrong': number
}

/** @param whole which conversations must be there to their beginning. */
export function judge(
  archive: LongArchive,
  kept: readonly Kept[],
  whole: (jid: string) => boolean,
): { verdict: Verdict; examples: string[] } {
  const verdict: Verdict = { stored: 0, missing: 0, doubles: 0, misordered: 0, 'unread wrong': 0 }
  const examples: string[] = []
  const known = new Map(kept.map((each) => [each.jid, each]))
  for (const [jid, { ids, unread }] of archive.talks) {
    const has = known.get(jid) ?? { jid, ids: [], unread: 0, counted: 0 }
    const found = new Set(has.ids)
    const oldest = whole(jid)
      ? 0
      : Math.max(
          0,
          ids.findIndex((id) => found.has(id)),
        )
    const missing = ids.slice(oldest).filter((id) => !found.has(id))
    const places = new Map(ids.map((id, at) => [id as string | null, at]))
    const order = has.ids.map((id) => places.get(id) ?? -1)
    const misordered = order.filter((place, at) => place < (order[at - 1] ?? 0)).length
    const isWrong = has.unread !== has.counted || (unread !== null && unread !== has.unread)
    verdict.stored += has.ids.length
    verdict.missing += missing.length
    verdict.doubles += has.ids.length - found.size
    verdict.misordered += misordered
    verdict['unread wrong'] += isWrong ? 1 : 0
    if (missing.length > 0) examples.push(`${jid}: ${missing.length} missing, first ${missing[0]}`)
    if (misordered > 0) examples.push(`${jid}: ${misordered} out of order`)
    if (isWrong) examples.push(`${jid}: unread ${has.unread}, counted ${has.counted}, should be ${unread}`)
  }
  return { verdict, examples: examples.slice(0, 10) }
}

/** What `verdict` must be beside what is stored. */
export const whole = { missing: 0, doubles: 0, misordered: 0, 'unread wrong': 0 }

/** What a page's database has, read a piece at a time: all of it at once would be the heap that is measured. */
export function keptBy(page: Page): Promise<Kept[]> {
  return page.evaluate(readKept)
}

/** Runs in the page: no closures. */
async function readKept(): Promise<Kept[]> {
  interface Row {
    localId: number
    place?: [string, 0 | 1, number, string]
    isOwn: boolean
    archiveId: string | null
  }
  interface Conversation {
    id: string
    jid: string
    unread: number
    read: { at: number; rank: string } | null
  }
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
      if (!/^besedka:.*:/.test(name)) continue
      const db = await done(factory.open(name))
      const all = await done<Conversation[]>(db.transaction('conversation').objectStore('conversation').getAll())
      const kept: Kept[] = []
      for (const { id, jid, unread, read } of all) {
        const ids: (string | null)[] = []
        let counted = 0
        let from: IDBValidKey = [id]
        for (;;) {
          const index = db.transaction('message').objectStore('message').index('timeline')
          const rows: Row[] = await done<Row[]>(index.getAll(IDBKeyRange.bound(from, [id, []], true), 500))
          for (const { archiveId, isOwn, place } of rows) {
            ids.push(archiveId)
            const [, , at = 0, rank = ''] = place ?? []
            if (!isOwn && (!read || at > read.at || (at === read.at && rank > read.rank))) counted++
          }
          const last = rows.at(-1)?.place
          if (!last) break
          from = last
        }
        kept.push({ jid, ids, unread, counted })
      }
      db.close()
      return kept
    }
  }
  return []
}
