// Every kind of break, alone, in the middle of a talk: the same verdict whatever network and server do.
import { afterAll, expect, it } from 'vitest'
import { dice, type Dice } from './dice.ts'
import type { Break, Condition } from './line.ts'
import { blameless, flawless, type Verdict } from './oracle.ts'
import { countsOf, isFlawless, Scene, sum } from './scene.ts'
import { Stages, until, type Keeping, type Program } from './stage.ts'
import { texts } from './talk.ts'
import { report } from '../report.ts'
import { seed, share, size } from '../size.ts'

const plan = { count: 30, pace: 8, times: size === 'full' ? Math.ceil(100 * share) : 1, atOnce: 4 }

interface Kind {
  readonly name: string
  /** What the line is like all the while. */
  readonly condition?: Condition
  /** What happens in the middle. */
  happen(scene: Scene, chance: Dice): Promise<void> | void
  /** Seconds a session can be resumed; default: for ever, here. */
  readonly hibernation?: number
  readonly keeping?: Keeping
  /** A server that breaks its promise here, so that only the count is told. */
  readonly broken?: Program
}

/** The line breaks in one way. */
const breaking = (name: string, way: (chance: Dice) => Break, condition: Condition = {}): Kind => ({
  name,
  condition,
  happen: ({ device }, chance) => device.line.break(way(chance)),
})

/** The device comes back when the server has forgotten its session. */
async function outlast({ device, stage, anna }: Scene): Promise<void> {
  device.line.set({ isDown: true })
  device.line.break({ how: 'reset' })
  await until('the session over', async () => (await stage.server.sessions(anna.user)).length === 0)
  device.line.set({})
}

const kinds: readonly Kind[] = [
  breaking('a reset', () => ({ how: 'reset' })),
  breaking('an end', () => ({ how: 'end' })),
  breaking('a black hole', () => ({ how: 'black-hole' })),
  breaking('a deaf device', () => ({ how: 'deaf' })),
  breaking('a mute device', () => ({ how: 'mute' })),
  breaking('a connection open on one side', () => ({ how: 'half-open' })),
  breaking('after some bytes to the device', ({ between }) => ({
    how: 'bytes',
    to: 'device',
    count: between(1, 2_000),
  })),
  {
    // Prosody 0.12 reads the resumed connection on top of the half frame that the dead one left: stanzas vanish that it counts.
    ...breaking('after some bytes to the server', ({ between }) => ({
      how: 'bytes',
      to: 'server',
      count: between(1, 2_000),
    })),
    broken: 'prosody',
  },
  breaking('after some stanzas to the device', ({ between }) => ({
    how: 'frames',
    to: 'device',
    count: between(1, 6),
  })),
  breaking('after some stanzas to the server', ({ between }) => ({
    how: 'frames',
    to: 'server',
    count: between(1, 6),
  })),
  breaking('a reset on a slow line', () => ({ how: 'reset' }), { delay: 30 }),
  { name: 'a dripping line', condition: { drip: 40 }, happen: () => undefined },
  {
    name: 'a session forgotten at once',
    happen: async ({ stage, anna }) => void (await stage.server.cut('forget', { user: anna.user })),
  },
  { name: 'the time to resume passed', hibernation: 1, happen: outlast },
  { name: 'the time to resume passed, without an archive', hibernation: 1, keeping: 'none', happen: outlast },
]

const cases = (['prosody', 'ejabberd'] as const).flatMap((program) =>
  kinds
    .filter(({ broken }) => broken !== program || size === 'full')
    .map((kind): [string, Program, Kind] => [
      `${program === 'prosody' ? 'Prosody' : 'ejabberd'}: ${kind.name}`,
      program,
      kind,
    ]),
)

const stages = new Stages()
afterAll(() => stages.end())

it.concurrent.each(cases)(`%s`, async (name, program, kind) => {
  const began = Date.now()
  const verdicts: Verdict[] = []
  while (verdicts.length < plan.times) {
    const left = Math.min(plan.atOnce, plan.times - verdicts.length)
    const group = Array.from({ length: left }, (_, at) => once(program, kind, dice(seed + verdicts.length + at)))
    verdicts.push(...(await Promise.all(group)))
  }
  const verdict = sum(verdicts)
  // Where nobody can tell any more what became of a message, the person is asked.
  const bar = kind.keeping === 'none' ? { ...verdict, uncertain: 0 } : verdict
  report('R2', {
    case: name,
    held: isFlawless(bar),
    on: [program],
    counts: { times: plan.times, 'messages each way': plan.count * plan.times, ...countsOf(verdict) },
    seconds: (Date.now() - began) / 1_000,
  })
  if (kind.broken !== program) expect(bar).toMatchObject({ ...flawless, uncertain: 0, examples: [] })
  if (kind.broken !== program && program === 'prosody') expect(bar).toMatchObject(blameless)
})

async function once(program: Program, kind: Kind, chance: Dice): Promise<Verdict> {
  const { hibernation = 600, keeping = 'kept', condition = {} } = kind
  const scene = await Scene.make(await stages.of(program, { hibernation, archive: keeping !== 'none' }), keeping)
  const { device, bot } = scene
  device.line.set(condition)
  const said = { device: texts('device', plan.count), bot: texts('bot', plan.count) }
  const talking = scene.talk(said, plan.pace)
  await until('half of it said', () => bot.heard.length >= plan.count / 2)
  await kind.happen(scene, chance)
  await talking
  device.line.set({})
  const verdict = await scene.verdict(said)
  await scene.end()
  return verdict
}
