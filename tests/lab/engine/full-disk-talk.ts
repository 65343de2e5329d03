// A scripted talk of one person on a disk that fails: everything the app writes is written at least once, and a person who
// is told "not saved" tries again (full-disk-person.ts). The server is the fake one, time is the lab's own.
import { juliet, nurse, self } from '../../flows/stage/server.ts'
import { textOf } from '#model/message.ts'
import type { CommandResult } from '#model/command.ts'
import { failureOf } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { readConversationWith } from '#storage/read/conversation.ts'
import { readBefore } from '#storage/read/message.ts'
import { putSetting, readSetting } from '#storage/write/setting.ts'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { Person } from './full-disk-person.ts'
import { breakDisk, healDisk, isDurable, writesSoFar, type Fault } from './failing-disk.ts'

/** ms of the lab's time until there is space again. */
const spell = 8_000

export interface TalkVerdict {
  /** Said by one side and not with the other. */
  lost: number
  twice: number
  /** Acknowledged to the server while it was on no disk. */
  falselyAcknowledged: number
  /** ms of the lab's time until the person could know; null: nothing needed telling, -1: never told. */
  toldAfter: number | null
  /** The notice still stands 30 s after recovery. */
  stuckNotice: number
  /** What signing out left, after the next start. */
  leftovers: number
  writes: number
  examples: string[]
}

const wantsReceipt = element('request', { xmlns: ns.receipts })

export class Talk extends Person {
  readonly verdict: TalkVerdict = {
    lost: 0,
    twice: 0,
    falselyAcknowledged: 0,
    toldAfter: null,
    stuckNotice: 0,
    leftovers: 0,
    writes: 0,
    examples: this.examples,
  }
  readonly received: string[] = []

  /** The whole talk, with this fault or none. */
  static async run(fault: Fault | null): Promise<TalkVerdict> {
    const talk = new Talk()
    await talk.#run(fault)
    return talk.verdict
  }

  async #run(fault: Fault | null): Promise<void> {
    const { house } = this
    this.#watchAcknowledgements()
    this.#fillServer()
    breakDisk(fault, () => {
      this.firedAt = house.clock.monotonic()
      house.clock.after(spell, healDisk)
      if (fault?.way === 'closed') this.mustReload = true
    })
    await this.start()
    await this.#say()
    await this.#whileAway()
    await this.pass(40_000)
    await this.#judge()
    await this.#signOut()
    this.verdict.writes = writesSoFar()
    healDisk()
    breakDisk(null, () => undefined)
  }

  #fillServer(): void {
    const { server } = this.house
    const whole = server.page.bind(server)
    server.page = (query) => whole({ ...query, max: Math.min(query.max, 5) })
    server.rosterItems = [juliet, nurse].map((jid) => element('item', { jid, subscription: 'both' }))
    server.keep({ from: nurse, body: 'long ago' }, server.now - 86_400_000)
    for (const at of [1, 2, 3, 4, 5, 6, 7]) this.#keep(`before ${at}`)
  }

  #keep(body: string, from: BareJid = juliet): void {
    this.received.push(body)
    this.house.server.keep({ from, body })
  }

  #live(body: string): void {
    this.received.push(body)
    this.house.server.say({ body, more: wantsReceipt })
  }

  #watchAcknowledgements(): void {
    const { server } = this.house
    let stanzas: string[] = []
    const { enable, send, ack } = server
    server.enable = () => ((stanzas = []), enable.call(server))
    server.send = (xml) => (stanzas.push(xml), send.call(server, xml))
    server.ack = (handled) => {
      for (const xml of stanzas.slice(0, handled)) {
        const body = /^<message[^>]*type="chat".*<body>([^<]*)</.exec(xml)?.[1]
        if (body === undefined || xml.includes('<result') || isDurable(`"${body}"`)) continue
        this.verdict.falselyAcknowledged++
        this.verdict.examples.push(`acknowledged, not stored: ${body}`)
      }
      return ack.call(server, handled)
    }
  }

  /** The addressee has it; who never got it confirms nothing. */
  #receiptOf(body: string): void {
    if (!this.house.server.bodiesHeard.includes(body)) return
    this.house.server.say({ id: `r-${body}`, more: element('received', { xmlns: ns.receipts, id: `o-${body}` }) })
  }

  async #say(): Promise<void> {
    const { server, wires } = this.house
    for (const at of [1, 2]) this.#live(`live ${at}`)
    await this.pass(1_000)
    for (const at of [1, 2]) await this.write(`mine ${at}`)
    this.#receiptOf('mine 1')
    wires.at(-1)?.wire.askForAck()
    await this.pass(500)
    this.#live('live 3')
    await this.#read()
    const conversation = await this.persist(() => ({ do: 'open', jid: juliet }))
    const at = this.house.clock.now()
    await this.persist(() => ({ do: 'draft', conversation, text: 'half a thought', at, tab: 't' }))
    await this.#set()
    server.send(element('presence', { xmlns: ns.client, from: `${juliet}/balcony`, to: self }))
    server.send(element('presence', { xmlns: ns.client, from: 'new@capulet.example', type: 'subscribe' }))
    await this.pass(3_000)
    wires.at(-1)?.wire.askForAck()
    await this.pass(500)
  }

  async #read(): Promise<void> {
    await this.pass(500)
    const { database } = this.open
    const conversation = await readConversationWith(database, juliet)
    if (!conversation) return
    const newest = (await readBefore(database, conversation.id, null, 10)).findLast((each) => !each.isOwn)
    if (newest) await this.persist(() => ({ do: 'read', conversation: conversation.id, localId: newest.localId }))
  }

  async #set(): Promise<void> {
    for (let round = 0; (await readSetting(this.tab.root, 'enter-sends').catch(() => null)) !== false; round++) {
      try {
        await putSetting(this.tab.root, 'enter-sends', false)
      } catch (error) {
        this.refused(failureOf(error).what, round)
        await this.pass(1_000)
      }
    }
  }

  /** Cut off, written to and writing; then a session that cannot be resumed. */
  async #whileAway(): Promise<void> {
    const { server, wires } = this.house
    server.isUp = false
    wires.at(-1)?.wire.cut()
    server.forgetStreams()
    for (const at of [1, 2, 3, 4, 5, 6]) this.#keep(`away ${at}`)
    this.#keep('old friend', 'friar@verona.example' as BareJid)
    await this.write('mine offline')
    server.isUp = true
    wires.at(-1)?.wire.connect()
    await this.pass(8_000)
    await this.write('mine last')
    await this.#writeElsewhere('mine elsewhere')
    this.#receiptOf('mine last')
    this.#live('live last')
    await this.pass(5_000)
  }

  /** A second tab writes: it may store requests only. Resolves when the leading tab has answered. */
  async #writeElsewhere(body: string): Promise<void> {
    const tab = await this.house.tab()
    const open = await tab.accounts.current().catch(() => null)
    const talk = await readConversationWith(this.open.database, juliet)
    if (open && talk) {
      open.engine.start()
      this.sent.push(body)
      for (let round = 0, isTaken = false; !isTaken; round++) {
        let result: CommandResult | undefined
        void open.engine
          .execute({ do: 'send', conversation: talk.id, originId: `o-${body}`, body })
          .then((answer) => (result = answer))
        for (let left = 60; left > 0 && result === undefined; left--) await this.pass(500)
        isTaken = result?.ok ?? false
        if (result?.ok === false) this.refused(result.failure.what, round)
        else if (!isTaken) this.verdict.examples.push('a request is not answered')
        if (round > 60) break
        await this.pass(1_000)
      }
      open.engine.release()
      open.database.db.close()
    }
    tab.kill()
  }

  /** To the beginning of the conversation, as a person who scrolls there. */
  async #lookBack(): Promise<void> {
    const talk = await readConversationWith(this.open.database, juliet)
    for (let round = 0, isComplete = false; talk && !isComplete && round < 40; round++) {
      const answer = await this.open.engine.ask({ ask: 'older', conversation: talk.id })
      isComplete = answer.ok && answer.isComplete
      if (!answer.ok) this.refused(answer.failure.what, round)
      await this.pass(1_000)
    }
  }

  /** What was stored, against what was said; all of it within half a minute after recovery. */
  async #judge(): Promise<void> {
    await this.#lookBack()
    await this.pass(30_000)
    const { verdict } = this
    if (this.firedAt !== null) verdict.toldAfter = this.told ?? -1
    if (this.open.engine.state.storageFailure) verdict.stuckNotice++
    const stored = await this.#stored()
    this.#compare('has', [...this.received, ...this.sent, 'long ago'], stored.map(textOf).filter(isText))
    this.#compare('server heard', this.sent, this.house.server.bodiesHeard)
    for (const each of stored) {
      if (!each.isOwn || ['sent', 'delivered'].includes(each.delivery?.status ?? '')) continue
      verdict.lost++
      verdict.examples.push(`${textOf(each)} is ${each.delivery?.status}`)
    }
    const left = await this.open.database.db.count('outbox')
    if (left > 0) verdict.examples.push(`${left} in the outbox`)
    verdict.lost += left
    const talk = await readConversationWith(this.open.database, juliet)
    if (talk?.draft !== '') verdict.examples.push(`draft ${talk?.draft}`)
  }

  async #stored() {
    const { database } = this.open
    const all = await Promise.all(
      [juliet, nurse, 'friar@verona.example' as BareJid].map((jid) => readConversationWith(database, jid)),
    )
    const rows = all.map((each) => (each ? readBefore(database, each.id, null, 1_000) : []))
    return (await Promise.all(rows)).flat()
  }

  #compare(where: string, expected: readonly string[], found: readonly string[]): void {
    const missing = expected.filter((body) => !found.includes(body))
    const double = found.filter((body, at) => found.indexOf(body) !== at)
    this.verdict.lost += missing.length
    this.verdict.twice += double.length
    if (missing.length > 0) this.verdict.examples.push(`${where} not: ${missing.join(', ')}`)
    if (double.length > 0) this.verdict.examples.push(`${where} twice: ${double.join(', ')}`)
  }

  async #signOut(): Promise<void> {
    const before = this.firedAt
    const leaving = this.tab.accounts.leave(this.open).catch((error: unknown) => {
      if (failureOf(error).what.startsWith('storage-')) this.hear()
      else this.verdict.examples.push(`signing out told as ${failureOf(error).what}`)
    })
    await this.wait()
    await leaving
    if (before === null && this.firedAt !== null) this.verdict.toldAfter = null
    for (let second = 0; second < 20; second++) await this.wait()
    healDisk()
    this.tab.kill()
    this.house.wires.at(-1)?.wire.die()
    this.tab = await this.house.tab()
    const opened = await this.tab.accounts.current().catch(() => null)
    const left = [...(await this.house.rows(this.tab)), ...(await this.house.databases())]
    this.verdict.leftovers = left.length + (opened ? 1 : 0)
    if (left.length > 0) this.verdict.examples.push(`left: ${JSON.stringify(left)}`)
  }
}

function isText(text: string | null): text is string {
  return text !== null
}
