// Both sides of a conversation that go on talking whatever happens to the device.
import type { Peer } from '../../peer/peer.ts'
import type { Control } from '../../../tools/prosody/control.mjs'
import type { Person, Tab } from './device.ts'
import { pause, until } from './stage.ts'

export const texts = (who: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${who} ${at}`)

/** The bot says all of it, `pace` ms apart. */
export async function botSays(bot: Peer, to: Person, bodies: readonly string[], pace: number): Promise<void> {
  for (const body of bodies) {
    await bot.send(to.jid, body)
    await pause(pace)
  }
}

/**
 * The person says all of it, `pace` ms apart. What was not taken because the tab died is said again in the next one, as a
 * person does who still sees it in the field; `tab` gives the tab of the moment.
 */
export async function personSays(
  tab: () => Tab | null,
  to: Person,
  bodies: readonly string[],
  pace: number,
): Promise<void> {
  for (const body of bodies) {
    let isTaken = false
    while (!isTaken) {
      const present = tab()
      isTaken = present !== null && (await isStored(present, to, body))
      if (!isTaken) await pause(10)
    }
    await pause(pace)
  }
}

async function isStored(tab: Tab, to: Person, body: string): Promise<boolean> {
  try {
    // A dead tab never answers.
    return await Promise.race([
      tab.send(to.jid, body, body.replace(' ', '-')).then(() => true),
      tab.death.then(() => false),
    ])
  } catch {
    return false
  }
}

/** Online, and nothing of ours is on its way any more. */
export async function settled(tab: Tab, limit = 120_000): Promise<void> {
  const isDone = async (): Promise<boolean> =>
    tab.isOnline && (await tab.outbox()).every(({ state }) => state === 'uncertain')
  await until('everything of ours settled', isDone, limit)
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
  const { database, row } = tab.account
  const isRead = async (): Promise<boolean> => {
    const newest = (await database.db.get('coverage', [row.jid, '']))?.newest
    const archive = await server.archive(person.user)
    const last = archive.findLastIndex(({ xml }) => xml.includes('<body>'))
    return archive.findIndex(({ id }) => id === newest) >= last
  }
  await until('the archive read to its last text', isRead, 90_000)
}

/** So many messages stored, or time tells that they never will be; the oracle says which. */
export async function arrived(tab: Tab, peer: Person, count: number, limit = 20_000): Promise<void> {
  const has = async (): Promise<boolean> => (await tab.messages(peer.jid)).length >= count
  await until('all stored', has, limit).catch(() => undefined)
}
