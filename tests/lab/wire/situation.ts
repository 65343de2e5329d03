// A person in the middle of things: contacts, messages both ways, a contact who is there, questions that wait for their answers.
// Forged and mutated stanzas are sent into it; what they change is read from the whole database.
import { element } from '#xmpp/element.ts'
import { juliet, nurse } from '../../flows/stage/server.ts'
import { full, WireStage } from './stage.ts'

/** What the server has not answered yet. */
export type Open = 'archive-query-open' | 'roster-query-open'

/** Every row of the account's database but the counters of the stream, as JSON: by store, then by key. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, string>>

export const contact = juliet
/** Whose presence we see, who does not see ours. */
export const other = nurse

export class Situation {
  readonly stage: WireStage
  /** Ids of what was said before, by the names of the placeholders of corpus/forged-stanzas.json. */
  readonly ids: Record<string, string>

  private constructor(stage: WireStage, ids: Record<string, string>) {
    this.stage = stage
    this.ids = ids
  }

  static async make(open: Open | null = null): Promise<Situation> {
    const stage = await WireStage.make((server) => {
      const item = (jid: string, subscription: string) => element('item', { jid, subscription })
      server.rosterItems = [item(contact, 'both'), item(other, 'to')]
    })
    const { world, frames, tab } = stage
    const theirs = world.server.say({ body: 'theirs', id: 'theirs-1', originId: 'theirs-1' })
    world.server.send(`<presence xmlns="jabber:client" from="${contact}/balcony" to="${full}"/>`)
    await world.settle()
    await world.send(tab, 'ours', 'ours-1')
    await world.pass(20_000)
    if ((await world.statusOf('ours')) !== 'sent') throw new Error('ours is not sent')
    const situation = new Situation(stage, {
      ours: 'ours-1',
      theirs: 'theirs-1',
      theirsText: 'theirs',
      theirsArchived: theirs?.id ?? '',
      over: frames.queryId,
      query: 'never-asked',
      asked: 'never-asked',
    })
    if (open !== null) await situation.open(open)
    return situation
  }

  /** A question of ours that stays without an answer until `close`. */
  async open(what: Open): Promise<void> {
    const { world, frames } = this.stage
    // A session that stands no longer than the pause before it makes the next pause longer.
    await world.pass(3_000)
    frames.holds.add(what === 'archive-query-open' ? 'archive' : 'roster')
    frames.cut()
    for (let tries = 0; frames.heldIds.length === 0; tries++) {
      if (tries > 40) throw new Error('nothing is asked')
      await world.pass(250)
    }
    this.ids['asked'] = frames.heldIds[0] ?? ''
    if (what === 'archive-query-open') this.ids['query'] = frames.queryId
  }

  /** What waits is answered. */
  async close(): Promise<void> {
    this.stage.frames.release()
    await this.stage.world.settle()
  }

  /** One frame of the server; counted by it where it is a stanza. */
  async hear(frame: string): Promise<void> {
    const { world, frames } = this.stage
    if (/^<(message|presence|iq)[\s>/]/.test(frame)) world.server.send(frame)
    else frames.raw(frame)
    await world.settle()
  }

  /** One frame that nobody sends again. */
  async hearOnce(frame: string): Promise<void> {
    this.stage.frames.raw(frame)
    await this.stage.world.settle()
  }

  async snapshot(): Promise<Snapshot> {
    const { db } = this.stage.world.account
    const stores = [...db.objectStoreNames]
    const tx = db.transaction(stores)
    const read = async (name: (typeof stores)[number]): Promise<[string, ReadonlyMap<string, string>]> => {
      const store = tx.objectStore(name)
      const [keys, rows] = await Promise.all([store.getAllKeys(), store.getAll()])
      const all = keys.map((key, at) => [JSON.stringify(key), JSON.stringify(rows[at])] as const)
      return [name, new Map(all.filter(([key]) => key !== '"stream"'))]
    }
    return new Map(await Promise.all(stores.map(read)))
  }

  end(): void {
    this.stage.end()
  }
}

/** Whom messages of ours went to, by their ids, as the database has it. */
export function sentTo(snapshot: Snapshot): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = (store: string): Record<string, unknown>[] =>
    [...(snapshot.get(store)?.values() ?? [])].map((text) => JSON.parse(text) as Record<string, unknown>)
  const peers = new Map(rows('conversation').map(({ id, jid }) => [id, String(jid)]))
  const sent = new Map<string, Set<string>>()
  for (const { isOwn, messageId, originId, conversation } of rows('message')) {
    if (isOwn !== true) continue
    for (const id of [messageId, originId]) {
      if (typeof id === 'string') sent.set(id, (sent.get(id) ?? new Set()).add(peers.get(conversation) ?? ''))
    }
  }
  return sent
}
