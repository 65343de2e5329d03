// Both sides of a conversation that go on talking whatever happens to the device.
import type { Peer } from '../../peer/peer.ts'
import type { Control } from '../../../tools/prosody/control.mjs'
import type { Person, Tab } from './device.ts'
import { pause, until } from './stage.ts'

export const texts = (who: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${who} ${at}`)

/** The origin id under which the person says it. */
export const idOf = (body: string): string => body.replace(' ', '-')

/** ms between two messages; what is said is counted from 0. */
export type Pace = number | ((at: number) => number)

/** The bot says all of it. */
export async function botSays(bot: Peer, to: Person, bodies: readonly string[], pace: Pace): Promise<void> {
  for (const [at, body] of bodies.entries()) {
    await bot.send(to.jid, body)
    await pause(typeof pace === 'number' ? pace : pace(at))
  }
}

/**
 * The person says all of it. What was not taken because the tab died is said again in the next one, as a
 * person does who still sees it in the field; `tab` gives the tab of the moment.
 */
export async function personSays(
  tab: () => Tab | null,
  to: Person,
  bodies: readonly string[],
  pace: Pace,
): Promise<void> {
  for (const [at, body] of bodies.entries()) {
    let isTaken = false
    while (!isTaken) {
      const present = tab()
      isTaken = present !== null && (await isStored(present, to, body))
      if (!isTaken) await pause(10)
    }
    await pause(typeof pace === 'number' ? pace : pace(at))
  }
}

async function isStored(tab: Tab, to: Person, body: string): Promise<boolean> {
  try {
    // A dead tab never answers.
    return await Promise.race([tab.send(to.jid, body, idOf(body)).then(() => true), tab.death.then(() => false)])
  } catch {
    return false
  }
}

/** Online, and nothing of ours is on its way any more. @throws where nothing changes for two minutes */
export async function settled(tab: Tab): Promise<void> {
  const { db } = tab.account.database
  for (let last = '', since = Date.now(); ;) {
    const waiting = (await tab.outbox()).filter(({ state }) => state !== 'uncertain').length
    if (tab.isOnline && waiting === 0) return
    const { connection, archive } = tab.state
    const now = `${waiting} to be sent, ${await db.count('message')} stored, ${connection.phase}, archive ${archive}`
    if (now !== last) since = Date.now()
    else if (Date.now() - since > 120_000) throw new Error(`stuck: ${now}`)
    last = now
    await pause(100)
  }
}

/** Looks back to the beginning of the conversation, as far as an archive goes: a new device fetches that only then. */
export async function lookBack(tab: Tab, peer: Person): Promise<void> {
  const conversation = (await tab.messages(peer.jid))[0]?.conversation
  for (let isComplete = conversation === undefined; !isComplete;) {
    const answer = await tab.account.engine.ask({ ask: 'older', conversation: conversation ?? '' })
    if (!answer.ok) throw new Error(answer.failure.what)
    isComplete = answer.isComplete
  }
}

/** The archive was read to its last text: what stands now has its order. Receipts may stand behind that, and move nothing. */
export async function covered(tab: Tab, server: Control, person: Person): Promise<void> {
  const { database, address } = tab.account
  const newest = async (): Promise<string> => (await database.db.get('coverage', [address.jid, '']))?.newest ?? ''
  // Asked for anew only where it has grown: a long one takes the server longer than all the rest.
  let archive = await server.archive(person.user)
  const behind = async (): Promise<number> => {
    const id = await newest()
    const place = (): number => archive.findIndex((item) => item.id === id)
    if (id !== '' && place() < 0) archive = await server.archive(person.user)
    return archive.findLastIndex(({ xml }) => xml.includes('<body>')) - place()
  }
  let left = Infinity
  while (left > 0) {
    const before = left
    // What a hung server does not answer is asked for again a minute later.
    const isNearer = async (): Promise<boolean> => (left = await behind()) < before
    await until(`the archive read to its last text, ${before} before it`, isNearer, 180_000)
  }
}

/** So many messages stored, or none came for so long that none ever will; the oracle says which are missing. */
export function arrived(tab: Tab, peer: Person, count: number): Promise<void> {
  return reached(() => tab.count(peer.jid), count)
}

/** The same for what the other side heard. */
export function heard({ heard }: Pick<Peer, 'heard'>, said: readonly string[]): Promise<void> {
  const wanted = new Set(said)
  const found = new Set<string>()
  let read = 0
  return reached(() => {
    for (; read < heard.length; read++) found.add(heard[read]?.body ?? '')
    return Promise.resolve([...found].filter((body) => wanted.has(body)).length)
  }, said.length)
}

/** Waits while it grows; 20 s without growth are the end. */
async function reached(count: () => Promise<number>, wanted: number): Promise<void> {
  for (let last = -1, since = Date.now(); ;) {
    const now = await count()
    if (now >= wanted) return
    if (now !== last) since = Date.now()
    else if (Date.now() - since > 20_000) return
    last = now
    await pause(50)
  }
}
