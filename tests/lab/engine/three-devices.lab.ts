// Three devices of one account send, read, go offline and are killed by chance while two others talk to it: in the end all
// three show the same. Whatever one of them has read counts as read on all (XEP-0490), as does what stands before a word of
// our own; a message is "delivered" everywhere once one of them heard so.
import { afterEach, expect, it } from 'vitest'
import { isShown, type Message, statusShown, textOf } from '#model/message.ts'
import { readConversationWith } from '#storage/read/conversation.ts'
import { countUnread } from '#storage/read/message.ts'
import { readJid, type BareJid } from '#model/jid.ts'
import type { Peer } from '../../peer/peer.ts'
import type { Device, Person, Tab } from './device.ts'
import { dice, type Dice } from './dice.ts'
import { pause, Stage, until } from './stage.ts'
import { settled } from './talk.ts'
import { report } from '../report.ts'
import { seed, size } from '../size.ts'

const count = Number(process.env['OPERATIONS'] ?? (size === 'full' ? 5_000 : 50))
/** Times at which all come together and must be the same. */
const meetings = size === 'full' ? 25 : 2
const pace = 15
/** ms within which all must be the same, and after which the run stops looking. */
const bar = 5_000
const patience = 60_000

let stage: Stage | undefined
afterEach(() => stage?.end())

/** One of the three, with what it is doing. */
class Own {
  readonly device: Device
  tab: Tab
  isDown = false

  constructor(device: Device, tab: Tab) {
    this.device = device
    this.tab = tab
  }

  setDown(isDown: boolean): void {
    this.isDown = isDown
    this.device.line.set({ isDown })
    if (isDown) this.device.line.break({ how: 'reset' })
  }

  async again(): Promise<void> {
    this.tab.kill()
    this.tab = await this.device.open()
  }
}

/** What a device shows of one conversation. */
interface Shown {
  readonly texts: readonly string[]
  readonly statuses: Readonly<Record<string, string>>
  readonly unread: number
  readonly counted: number
}

async function shown(tab: Tab, jid: string): Promise<Shown> {
  const { database } = tab.account
  const messages = (await tab.messages(jid)).filter(isShown)
  const conversation = await readConversationWith(database, readJid(jid) as BareJid)
  return {
    texts: messages.map((each) => textOf(each) ?? ''),
    statuses: Object.fromEntries(
      messages.flatMap((each) => {
        const status = statusShown(each.delivery?.status ?? null, each, conversation?.theirRead ?? null)
        return each.isOwn ? [[textOf(each) ?? '', status ?? 'none']] : []
      }),
    ),
    unread: conversation?.unread ?? 0,
    counted: conversation ? await countUnread(database, conversation.id, conversation.read) : 0,
  }
}

/** What was done, as far as it decides what must be shown in the end. */
class Doings {
  readonly said = new Map<string, string[]>()
  readonly read = new Map<string, Set<string>>()
  /** What the other side says it has read. */
  readonly marked = new Map<string, Set<string>>()
  #count = 0

  /** A text unlike all others. */
  next(jid: string, who: string): string {
    const body = `${who} ${this.#count++}`
    this.said.set(jid, [...(this.said.get(jid) ?? []), body])
    return body
  }

  hasRead(jid: string, body: string): void {
    this.read.set(jid, (this.read.get(jid) ?? new Set()).add(body))
  }

  isMarked(jid: string, body: string): void {
    this.marked.set(jid, (this.marked.get(jid) ?? new Set()).add(body))
  }

  /** From the archive: texts in order, and how many of others stand after what was read or said. */
  async truth(server: Stage['server'], anna: Person, jid: string): Promise<Shown> {
    const archive = await server.archive(anna.user, { with: jid })
    const texts = [...new Set(archive.flatMap(({ xml }) => /<body>([^<]*)<\/body>/.exec(xml)?.[1] ?? []))]
    const read = this.read.get(jid) ?? new Set()
    const last = texts.findLastIndex((body) => body.startsWith('device') || read.has(body))
    const unread = texts.length - 1 - last
    const marked = this.marked.get(jid) ?? new Set()
    const lastMarked = texts.findLastIndex((body) => marked.has(body))
    const statuses = texts.flatMap((body, at) =>
      body.startsWith('device') ? [[body, at <= lastMarked ? 'displayed' : 'delivered']] : [],
    )
    return { texts, unread, counted: unread, statuses: Object.fromEntries(statuses) }
  }
}

it(`${count} operations`, async () => {
  stage = await Stage.make()
  const { server } = stage
  const anna = await stage.person()
  const others = [await stage.person(), await stage.person(), await stage.person()]
  for (const { user } of others) await server.befriend(anna.user, user)
  const bots: Peer[] = []
  for (const other of others) bots.push(await stage.bot(other))
  const own: Own[] = []
  for (let at = 0; at < 3; at++) {
    const device = await stage.device(anna)
    own.push(new Own(device, await device.open()))
  }
  for (const { tab } of own) await until('online', () => tab.isOnline)
  const started = Date.now()
  const done = new Doings()
  const chance = dice(seed)
  const kinds: Record<string, number> = {}
  let [slowest, different] = [0, 0]
  const examples: string[] = []
  for (let meeting = 0; meeting < meetings; meeting++) {
    for (let at = 0; at < count / meetings; at++) {
      const name = await act({ chance, own, bots, anna, done })
      kinds[name] = (kinds[name] ?? 0) + 1
      await pause(pace * 2 * chance.roll())
    }
    for (const each of own) each.setDown(false)
    for (const { tab } of own) await settled(tab)
    const found = await same(own, bots, () => truths(server, anna, bots, done))
    slowest = Math.max(slowest, found.seconds)
    different += found.different
    examples.push(...found.examples)
    if (different > 0) break
  }
  const counts = { operations: count, meetings, ...kinds, different, 'seconds until the same, at most': slowest }
  report('R8', {
    case: 'Prosody',
    held: different === 0 && slowest * 1000 <= bar,
    on: ['prosody'],
    counts,
    seconds: (Date.now() - started) / 1000,
  })
  expect({ different, examples }).toEqual({ different: 0, examples: [] })
})

interface Acting {
  readonly chance: Dice
  readonly own: readonly Own[]
  readonly bots: readonly Peer[]
  readonly anna: Person
  readonly done: Doings
}

/** One operation by chance; its name. */
async function act({ chance, own, bots, anna, done }: Acting): Promise<string> {
  const each = chance.pick(own)
  const bot = chance.pick(bots)
  const roll = chance.roll()
  if (roll < 0.15) {
    const body = done.next(bot.bare, 'device')
    await each.tab.send(bot.bare, body, body.replace(' ', '-'))
    return 'sent'
  }
  if (roll < 0.5) {
    await bot.send(anna.jid, done.next(bot.bare, 'bot'), { receipt: true })
    return 'heard'
  }
  if (roll < 0.55) {
    const of = bot.heard.findLast(({ body }) => body !== undefined)
    if (of) done.isMarked(bot.bare, of.body ?? '')
    const marker = `<displayed xmlns="urn:xmpp:chat-markers:0" id="${of?.id ?? 'nothing'}"/>`
    await bot.sendRaw(`<message xmlns="jabber:client" to="${anna.jid}" type="chat">${marker}</message>`)
    return 'marked by others'
  }
  if (roll < 0.8) {
    const of = (await theirs(each.tab, bot.bare)).at(-chance.between(1, 4))
    if (of === undefined) return 'nothing to read'
    const { conversation, localId } = of
    const result = await each.tab.account.engine.execute({ do: 'read', conversation, localId })
    if (result.ok) done.hasRead(bot.bare, textOf(of) ?? '')
    return 'read'
  }
  if (roll < 0.93) {
    each.setDown(!each.isDown)
    return each.isDown ? 'offline' : 'online'
  }
  await each.again()
  return 'killed'
}

async function theirs(tab: Tab, jid: string): Promise<Message[]> {
  return (await tab.messages(jid)).filter((each) => !each.isOwn && isShown(each))
}

const truths = (server: Stage['server'], anna: Person, bots: readonly Peer[], done: Doings): Promise<Shown[]> =>
  Promise.all(bots.map(({ bare }) => done.truth(server, anna, bare)))

/** Waits until every device shows the truth; how long that took, and what differs where it never did. */
async function same(
  own: readonly Own[],
  bots: readonly Peer[],
  truth: () => Promise<Shown[]>,
): Promise<{ seconds: number; different: number; examples: string[] }> {
  const started = Date.now()
  for (;;) {
    const expected = await truth()
    const examples: string[] = []
    for (const [index, { tab }] of own.entries())
      for (const [at, { bare }] of bots.entries())
        examples.push(...differences(`device ${index}, ${bare}`, await shown(tab, bare), expected[at]!))
    const seconds = (Date.now() - started) / 1000
    if (examples.length === 0 || seconds * 1000 > patience)
      return { seconds, different: examples.length, examples: examples.slice(0, 10) }
    await pause(100)
  }
}

function differences(where: string, found: Shown, truth: Shown): string[] {
  return Object.keys(truth).flatMap((name) => {
    const [is, should] = [found, truth].map((each) => JSON.stringify(each[name as keyof Shown]))
    return is === should || isSameSet(name, found, truth) ? [] : [`${where}: ${name} ${is}, should be ${should}`]
  })
}

/** Statuses are compared by message, in whatever order they were stored. */
function isSameSet(name: string, found: Shown, truth: Shown): boolean {
  const own = Object.keys(truth.statuses)
  return (
    name === 'statuses' &&
    own.length === Object.keys(found.statuses).length &&
    own.every((body) => found.statuses[body] === truth.statuses[body])
  )
}
