// One person's account on a fake server: prepared, opened again on whatever the disk became meanwhile, and compared.
import { Conversations } from '#state/conversations.svelte.ts'
import { Roster } from '#state/roster.svelte.ts'
import { Session } from '#state/session.svelte.ts'
import { Timeline } from '#state/timeline.svelte.ts'
import { RingLog } from '#model/log.ts'
import type { FailureName } from '#model/failure.ts'
import { textOf } from '#model/message.ts'
import type { OpenAccount } from '#sync/account.ts'
import { element } from '#xmpp/element.ts'
import { settle } from '../../flows/stage/disk.ts'
import { Household, type HouseholdTab } from '../../flows/stage/household.ts'
import { juliet, self } from '../../flows/stage/server.ts'

export const archived = ['hello', 'are you there', 'sent before', 'and now']
export const waiting = ['never tried', 'tried once']

export interface Seen {
  /** What the person is told before anything is done; null: nothing is wrong. */
  told: FailureName | null
  /** Where the sentence stands. */
  screen: Session['phase']
}

export class Visit {
  readonly house = new Household()
  session!: Session
  tab!: HouseholdTab
  open: OpenAccount | null = null

  /** Signed in, some history, and two messages that still wait: one was on the wire before. */
  static async prepared(): Promise<Visit> {
    const visit = new Visit()
    const { house } = visit
    house.server.rosterItems = [element('item', { jid: juliet, subscription: 'both', name: 'Juliet' })]
    for (const body of archived.slice(0, 2)) house.server.keep({ from: juliet, body })
    await visit.start()
    await visit.signIn()
    await visit.say('sent before')
    house.server.say({ body: 'and now' })
    await house.pass(20_000)
    house.server.losesWhatIsSent = true
    house.server.answersAcks = false
    await visit.say('tried once')
    house.wires.at(-1)?.wire.cut()
    house.server.forgetStreams()
    house.server.isUp = false
    house.server.losesWhatIsSent = false
    house.server.answersAcks = true
    await visit.say('never tried')
    return visit
  }

  async say(body: string): Promise<void> {
    const { engine } = this.open!
    const opened = await engine.execute({ do: 'open', jid: juliet })
    await engine.execute({ do: 'send', conversation: opened.ok ? (opened.id ?? '') : '', originId: `o-${body}`, body })
    await this.house.pass(1_000)
  }

  /** Opens the app as its composition root does. */
  async start(): Promise<Seen> {
    const { house } = this
    this.tab = await house.tab()
    const { accounts, root } = this.tab
    const log = new RingLog(() => house.clock.now())
    this.session = new Session({ domain: '', isDomainLocked: false, name: 'Besedka' }, log, {
      opened: (open) => this.#opened(open),
      closed: () => undefined,
    })
    const isEmpty = (await root.count('account')) === 0
    const starting = this.session.start(() => Promise.resolve(accounts), isEmpty ? null : accounts.current())
    await house.pass(100)
    await starting
    if (isEmpty && (await house.strays()).length > 0) this.session.missing()
    await house.pass(1_000)
    const { stopped, signInFailure, phase } = this.session
    return { told: (stopped ?? signInFailure)?.what ?? null, screen: phase }
  }

  async #opened(open: OpenAccount): Promise<void> {
    this.open = open
    const roster = new Roster(open.database, open.engine)
    const conversations = new Conversations(open.database, open.engine, roster, open.address.jid)
    await Promise.all([roster.load(), conversations.load()])
    const talk = conversations.items.find(({ jid }) => jid === juliet)
    if (!talk) return
    const { id, jid } = talk
    const timeline = new Timeline(id, jid, open.address.jid, open.database, open.engine, conversations, () => undefined)
    await timeline.load()
  }

  async signIn(): Promise<void> {
    const signing = this.session.signIn({ address: self, password: 'pencil', endpoint: '', isPublic: false })
    await this.house.pass(1_000)
    await signing
    await this.house.pass(3_000)
  }

  /** The tab is closed, or dies. */
  async close(): Promise<void> {
    this.open?.engine.release()
    this.house.wires.at(-1)?.wire.die()
    this.open?.database.db.close()
    this.open = null
    this.tab.kill()
    await settle()
  }

  /** There is a network again, and the person looks at the conversation to its beginning. */
  async comeBack(): Promise<void> {
    const { house } = this
    house.server.isUp = true
    house.wires.at(-1)?.wire.connect()
    await house.pass(10_000)
    for (let round = 0; round < 5; round++) {
      const talk = (await this.open!.database.db.getAll('conversation')).find(({ jid }) => jid === juliet)
      if (talk) await this.open!.engine.ask({ ask: 'older', conversation: talk.id })
      await house.pass(1_000)
    }
    await house.pass(60_000)
  }

  /** The texts on this device with what is said of each of ours. */
  async texts(): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    const { readConversationWith } = await import('#storage/read/conversation.ts')
    const { readBefore } = await import('#storage/read/message.ts')
    const { database } = this.open!
    const talk = await readConversationWith(database, juliet)
    for (const message of talk ? await readBefore(database, talk.id, null, 1_000) : []) {
      const text = textOf(message) ?? '(unreadable)'
      found.set(found.has(text) ? `${text} (twice)` : text, message.delivery?.status ?? 'received')
    }
    return found
  }
}
