// Two people of one run: Anna on a device whose line breaks, Boris on a bot that is always there; and what it came to.
import type { ServerShape } from '../../../tools/prosody/config.mjs'
import type { Peer } from '../../peer/peer.ts'
import type { Device, Person, Tab } from './device.ts'
import { blameless, flawless, judge, type Said, type Verdict } from './oracle.ts'
import { until, type Keeping, type Program, type Stage, type Stages } from './stage.ts'
import { arrived, botSays, covered, heard, idOf, personSays, settled, type Pace } from './talk.ts'

export class Scene {
  readonly stage: Stage
  readonly keeping: Keeping
  readonly anna: Person
  readonly boris: Person
  readonly bot: Peer
  readonly device: Device
  tab: Tab

  private constructor(stage: Stage, keeping: Keeping, people: [Person, Person], bot: Peer, device: Device, tab: Tab) {
    this.stage = stage
    this.keeping = keeping
    ;[this.anna, this.boris] = people
    this.bot = bot
    this.device = device
    this.tab = tab
  }

  /** New people, each other's contacts; Anna is online. `skew`: ms by which her clock is wrong. */
  static async make(stage: Stage, keeping: Keeping = 'kept', skew = 0): Promise<Scene> {
    const [anna, boris] = [await stage.person(), await stage.person()]
    await stage.server.befriend(anna.user, boris.user)
    if (keeping === 'off') await stage.server.archiving(anna.user, false)
    const bot = await stage.bot(boris)
    const device = await stage.device(anna)
    device.skew = skew
    const tab = await device.open()
    await until('online', () => tab.isOnline)
    // ejabberd may leave in its offline store what it takes while a first presence comes in; nobody asks for that again.
    await until('announced', () => bot.present.has(anna.jid))
    return new Scene(stage, keeping, [anna, boris], bot, device, tab)
  }

  /** Both say everything. */
  async talk(said: Said, pace: Pace): Promise<void> {
    await Promise.all([
      personSays(() => this.tab, this.boris, said.device, pace),
      botSays(this.bot, this.anna, said.bot, pace),
    ])
  }

  /** Waits until nothing is on its way any more, then asks the oracle. */
  async verdict(said: Said): Promise<Verdict> {
    const { tab, stage, anna, boris } = this
    const archive = this.keeping === 'kept' ? stage.server : null
    await settled(tab)
    await heard(this.bot, said.device)
    if (archive) await covered(tab, archive, anna)
    await arrived(tab, boris, said.device.length + said.bot.length)
    const archived = (await archive?.archive(anna.user, { with: boris.jid }))?.flatMap(({ xml }) => bodyOf(xml) ?? [])
    const forgotten = await this.#forgotten(said.bot, archived ?? [])
    const order = archived ?? [...this.device.tape.heard]
    const { tape } = this.device
    const orphaned = new Map(said.device.map((body) => [body, tape.orphaned.get(idOf(body)) ?? 0]))
    const storyOf = (body: string): string => tape.storyOf(idOf(body))
    const faults = { forgotten, order, orphaned, storyOf }
    return judge(tab, this.bot, { device: anna, bot: boris }, said, archive, faults)
  }

  /**
   * What the bot said, and the server never told the device nor tells another one: because no archive has it, or, where some is
   * lost like that, because the session that lost it stored the rest too late for anybody to look for it.
   */
  async #forgotten(said: readonly string[], archived: readonly string[]): Promise<Set<string>> {
    const known = new Set([...this.device.tape.heard, ...(await this.tab.bodies(this.boris.jid))])
    const unknown = new Set(said.filter((body) => !known.has(body)))
    if (unknown.size === 0 || this.device.tape.unearned > 0) return new Set()
    const other = await this.stage.bot(this.anna)
    // What waited for somebody to come is told before this is answered.
    await other.iq('get', '<ping xmlns="urn:xmpp:ping"/>', this.stage.server.domain)
    for (const { body = '' } of other.heard) unknown.delete(body)
    other.abort()
    const has = new Set(archived)
    return [...unknown].every((body) => has.has(body)) ? new Set() : unknown
  }

  /** They go; what they left at the server stays. */
  async end(): Promise<void> {
    await this.device.end()
    this.bot.abort()
  }
}

function bodyOf(xml: string): string | undefined {
  return /<body>([^<]*)</.exec(xml)?.[1]
}

/** The server for people whose archive is like that; people with and without a wish share one. */
export function stageFor(stages: Stages, program: Program, keeping: Keeping, shape: ServerShape = {}): Promise<Stage> {
  return stages.of(program, { ...shape, archive: keeping !== 'none' })
}

/** What several runs came to together. */
export function sum(verdicts: readonly Verdict[]): Verdict {
  const total: Verdict = { ...flawless, ...blameless, uncertain: 0, examples: [] }
  for (const verdict of verdicts) {
    for (const what of [
      'lost',
      'twice',
      'misordered',
      'falselySent',
      'uncertain',
      'dropped',
      'reordered',
      'late',
    ] as const)
      total[what] += verdict[what]
    total.examples.push(...verdict.examples)
  }
  return total
}

/** As the table of docs/reliability.md has it. */
export function countsOf(verdict: Verdict): Record<string, number> {
  const { lost, twice, misordered, falselySent, uncertain, dropped, reordered, late } = verdict
  return {
    lost,
    twice,
    'out of order': misordered,
    'falsely sent': falselySent,
    'in doubt': uncertain,
    ...(dropped > 0 && { 'dropped by the server': dropped }),
    ...(reordered > 0 && { 'reordered by the server': reordered }),
    ...(late > 0 && { 'done late by the server': late }),
  }
}

/** Whether every bar of the verdict was met. */
export function isFlawless(verdict: Verdict): boolean {
  return Object.values(countsOf({ ...verdict, ...blameless })).every((count) => count === 0)
}
