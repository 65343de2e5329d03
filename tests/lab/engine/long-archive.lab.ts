// A long archive in many conversations, read through cuts and killed tabs: by a device that was away, and by a new one that
// looks back. Without a browser; what it costs a page is measured in ../long-archive.spec.ts.
import { afterEach, expect, it } from 'vitest'
import { isShown } from '#model/message.ts'
import { readConversations, readGaps } from '#storage/read/conversation.ts'
import { countUnread, readBefore } from '#storage/read/message.ts'
import type { Device, Person, Tab } from './device.ts'
import { dice, type Dice } from './dice.ts'
import { Stage, until } from './stage.ts'
import { judge, LongArchive, peersOf, whole, type Kept } from '../long-archive.ts'
import { report } from '../report.ts'
import { seed, size } from '../size.ts'

const full = { messages: 100_000, conversations: 200, interruptions: 20, looks: 20 }
const gate = { messages: 2_000, conversations: 200, interruptions: 5, looks: 4 }
const plan = {
  ...(size === 'full' ? full : gate),
  ...(process.env['MESSAGES'] && { messages: Number(process.env['MESSAGES']) }),
}
const bar = { ...whole, 'gaps marked': 0 }

let stage: Stage | undefined
afterEach(() => stage?.end())

const peers = peersOf(plan.conversations)

async function setOut(): Promise<{ stage: Stage; anna: Person; device: Device; chance: Dice; archive: LongArchive }> {
  stage = await Stage.make()
  const anna = await stage.person()
  await stage.server.roster(
    anna.user,
    peers.map((jid) => ({ jid })),
  )
  return { stage, anna, device: await stage.device(anna), chance: dice(seed), archive: new LongArchive() }
}

const now = (): number => Math.floor(Date.now() / 1000)

it(`away while ${plan.messages} messages came, ${plan.interruptions} interruptions`, async () => {
  const { stage, anna, device, chance, archive } = await setOut()
  archive.add(anna.jid, peers, 50, chance, now() - plan.messages * 4 - 100)
  archive.read()
  await stage.server.fill(anna.user, archive.items)
  let tab = await device.open()
  await until('online', () => tab.isOnline)
  await until('first read', async () => (await stored(tab)) >= 50)
  tab.kill()
  await stage.server.cut('forget', { user: anna.user })
  const before = archive.items.length
  archive.add(anna.jid, peers, plan.messages, chance, now() - 50)
  await stage.server.fill(anna.user, archive.items.slice(before))
  const started = Date.now()
  tab = await device.open()
  for (let done = 1; done <= plan.interruptions; done++) {
    const reached = 50 + (plan.messages * done) / (plan.interruptions + 1)
    await until(`${reached} stored`, async () => (await stored(tab)) >= reached, 600_000)
    tab = await interrupt(stage, device, tab, chance, done)
  }
  await until('all read', () => tab.isOnline, 1_200_000)
  await conclude('away', tab, archive, started, () => true)
})

it(`a new device looks back, ${plan.interruptions} interruptions`, async () => {
  const { stage, anna, device, chance, archive } = await setOut()
  archive.add(anna.jid, peers, plan.messages, chance, now() - 50)
  archive.read()
  await stage.server.fill(anna.user, archive.items)
  const started = Date.now()
  let tab = await device.open()
  // In the middle of asking for the newest lines of all contacts.
  await until(
    'some lines known',
    async () => (await tab.account.database.db.count('conversation')) > plan.conversations / 4,
  )
  tab = await interrupt(stage, device, tab, chance, 1)
  await until('online', () => tab.isOnline)
  const hasAll = async (): Promise<boolean> =>
    (await tab.account.database.db.count('conversation')) >= archive.talks.size
  await until('the newest line of every conversation', hasAll, 60_000).catch(() => undefined)
  const looked = peers.slice(0, plan.looks)
  let interruptions = 1
  for (const jid of looked) {
    for (let isComplete = false; !isComplete;) {
      if (interruptions < plan.interruptions && chance.roll() < 0.7)
        tab = await interrupt(stage, device, tab, chance, ++interruptions)
      isComplete = await lookBack(tab, jid)
    }
  }
  expect(interruptions).toBe(plan.interruptions)
  await until('online', () => tab.isOnline)
  await conclude('new device', tab, archive, started, (jid) => looked.includes(jid))
})

/** By turns: a cut in the middle of a page, a dead tab, a session that the server has forgotten. */
async function interrupt(stage: Stage, device: Device, tab: Tab, chance: Dice, turn: number): Promise<Tab> {
  if (turn % 3 === 1) {
    device.line.break({ how: 'frames', to: 'device', count: chance.between(1, 400) })
    return tab
  }
  if (turn % 3 === 2) {
    tab.kill()
    return device.open()
  }
  await stage.server.cut('forget', { user: device.person.user })
  return tab
}

/** True: the beginning of the conversation is here; false: asked once more, or interrupted. */
async function lookBack(tab: Tab, jid: string): Promise<boolean> {
  await until('online', () => tab.isOnline)
  const all = await readConversations(tab.account.database)
  const conversation = all.find((each) => each.jid === jid)
  if (!conversation) return true
  const answer = await tab.account.engine.ask({ ask: 'older', conversation: conversation.id })
  return answer.ok && answer.isComplete
}

const stored = (tab: Tab): Promise<number> => tab.account.database.db.count('message')

async function kept({ account: { database } }: Tab): Promise<Kept[]> {
  const all: Kept[] = []
  for (const { id, jid, unread, read } of await readConversations(database)) {
    const messages = (await readBefore(database, id, null, 1_000_000)).filter(isShown)
    all.push({
      jid,
      unread,
      counted: await countUnread(database, id, read),
      ids: messages.map((each) => each.archiveId),
    })
  }
  return all
}

async function conclude(
  name: string,
  tab: Tab,
  archive: LongArchive,
  started: number,
  isWhole: (jid: string) => boolean,
): Promise<void> {
  const seconds = (Date.now() - started) / 1000
  const { verdict, examples } = judge(archive, await kept(tab), isWhole)
  const conversations = await tab.account.database.db.count('conversation')
  const gaps = await readGaps(tab.account.database, tab.account.address.jid)
  const counts = { archived: archive.texts, conversations, ...verdict, 'gaps marked': gaps.length }
  const held = Object.entries(bar).every(([what, value]) => counts[what as keyof typeof counts] === value)
  report('R4', {
    case: `engine, ${name}`,
    held: held && conversations === archive.talks.size,
    on: ['prosody'],
    counts,
    seconds,
  })
  expect({ ...counts, examples }).toMatchObject({ ...bar, conversations: archive.talks.size, examples: [] })
}
