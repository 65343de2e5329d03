// A device whose clock is wrong, or set while it talks, and a contact who lies about when a message was said: order, stamps
// and unread counts are those of the server.
import { afterAll, describe, expect, it } from 'vitest'
import { countUnread } from '#storage/read/message.ts'
import { flawless, type Verdict } from './oracle.ts'
import { countsOf, isFlawless, Scene, stageFor } from './scene.ts'
import { Stages, titleOf, until, type Keeping, type Program } from './stage.ts'
import { personSays, texts } from './talk.ts'
import { report } from '../report.ts'
import { size } from '../size.ts'

const count = size === 'full' ? 200 : 20
const day = 24 * 60 * 60_000
/** ms by which a stored time may be off the true one of now: what the test takes, and the server's whole seconds. */
const near = 120_000

const stages = new Stages()
afterAll(() => stages.end())

const programs = ['prosody', 'ejabberd'] as const

describe('a clock', () => {
  const clocks: [string, number, number][] = [
    ['a day ahead', day, day],
    ['a day behind', -day, -day],
    ['set forward while talking', 0, day],
    ['set back while talking', 0, -day],
  ]
  const cases = programs.flatMap((program) =>
    clocks.map(([name, before, after]): [string, Program, number, number] => [
      `${titleOf(program)}: a clock ${name}`,
      program,
      before,
      after,
    ]),
  )

  it.concurrent.each(cases)('%s', async (name, program, before, after) => {
    const scene = await Scene.make(await stageFor(stages, program, 'kept'), 'kept', before)
    const { device, bot } = scene
    const began = Date.now()
    const said = { device: texts('device', count), bot: texts('bot', count) }
    const talking = scene.talk(said, 10)
    await until('half of it said', () => bot.heard.length >= count / 2)
    device.skew = after
    device.line.break({ how: 'reset' })
    await talking
    await tell(name, program, scene, await scene.verdict(said), began)
  })
})

describe('a forged delay', () => {
  const forgeries: [string, (server: string) => string][] = [
    ['years ahead', () => delay('2099-01-01T00:00:00Z')],
    ['years back', () => delay('2001-01-01T00:00:00Z')],
    ['years ahead, as if by our server', (server) => delay('2099-01-01T00:00:00Z', server)],
    ['years back, as if by our server', (server) => delay('2001-01-01T00:00:00Z', server)],
    ['minutes back, as if by our server', (server) => delay(new Date(Date.now() - 600_000).toISOString(), server)],
  ]
  const cases = programs.flatMap((program) =>
    (['kept', 'none'] as const).flatMap((keeping) =>
      forgeries.map(([name, forged]): [string, Program, Keeping, (server: string) => string] => [
        `${titleOf(program, keeping)}: a delay forged ${name}`,
        program,
        keeping,
        forged,
      ]),
    ),
  )

  it.concurrent.each(cases)('%s', async (name, program, keeping, forged) => {
    const scene = await Scene.make(await stageFor(stages, program, keeping), keeping)
    const { bot, anna, boris, stage } = scene
    const began = Date.now()
    const rounds = Math.max(3, count / 20)
    const said = { device: texts('device', rounds), bot: texts('bot', rounds) }
    // In turns, so that the true order of both sides is known.
    const order: string[] = []
    for (let at = 0; at < rounds; at++) {
      await personSays(() => scene.tab, boris, [said.device[at]!], 0)
      await until('heard', () => bot.heard.some(({ body }) => body === said.device[at]))
      await until('acknowledged', async () => (await scene.tab.outbox()).length === 0)
      await bot.send(anna.jid, said.bot[at]!, { extra: forged(stage.server.domain) })
      order.push(said.device[at]!, said.bot[at]!)
      await until('there', async () => (await scene.tab.count(boris.jid)) === order.length)
    }
    const verdict = await scene.verdict(said)
    expect(await scene.tab.bodies(boris.jid)).toEqual(order)
    const [conversation] = await scene.tab.account.database.db.getAll('conversation')
    // Everything before an answer of ours was read by it.
    expect(conversation?.unread).toBe(1)
    await tell(name, program, scene, verdict, began)
  })
})

const delay = (stamp: string, from?: string): string =>
  `<delay xmlns="urn:xmpp:delay" stamp="${stamp}"${from === undefined ? '' : ` from="${from}"`}/>`

/** The verdict, and what a wrong clock shows in: times far from now, and a counter unlike what it counts. */
async function tell(name: string, program: Program, scene: Scene, verdict: Verdict, began: number): Promise<void> {
  const { tab, boris } = scene
  const wrong = (await tab.messages(boris.jid)).filter(({ at }) => Math.abs(at - Date.now()) > near).length
  const { database } = tab.account
  const [conversation] = await database.db.getAll('conversation')
  const derived = await countUnread(database, conversation?.id ?? '', conversation?.read ?? null)
  const miscounted = Math.abs((conversation?.unread ?? 0) - derived)
  report('R9', {
    case: name,
    held: isFlawless(verdict) && wrong === 0 && miscounted === 0,
    on: [program],
    counts: {
      'messages each way': (await tab.count(boris.jid)) / 2,
      ...countsOf(verdict),
      'stamped wrongly': wrong,
      'unread miscounted': miscounted,
    },
    seconds: (Date.now() - began) / 1_000,
  })
  expect(verdict).toMatchObject({ ...flawless, uncertain: 0, examples: [] })
  expect([wrong, miscounted]).toEqual([0, 0])
}
