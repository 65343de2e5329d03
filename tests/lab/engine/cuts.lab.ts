// Random cuts of every kind while both sides talk: nothing lost, nothing twice, nothing out of order, nothing falsely "sent".
import { afterAll, expect, it } from 'vitest'
import type { Break } from './line.ts'
import { dice, type Dice } from './dice.ts'
import type { Device } from './device.ts'
import { blameless, flawless } from './oracle.ts'
import { countsOf, isFlawless, Scene, stageFor } from './scene.ts'
import { pause, Stages, titleOf, until, type Keeping, type Program } from './stage.ts'
import { texts } from './talk.ts'
import { report } from '../report.ts'
import { seed, share, size } from '../size.ts'

interface Plan {
  readonly cuts: number
  readonly count: number
}

const small: Plan = { cuts: 10, count: 100 }
const gate: Plan = { cuts: 20, count: 400 }
const full: Plan = { cuts: 1_000 * share, count: 20_000 * share }
/** ms between two messages; who is further than the cuts waits for them. */
const pace = { usual: 8, ahead: 80 }

const cases = (['prosody', 'ejabberd'] as const).flatMap((program) =>
  (['kept', 'none', 'off'] as const).map((keeping): [string, Program, Keeping, Plan] => [
    titleOf(program, keeping),
    program,
    keeping,
    size === 'full' ? full : keeping === 'kept' ? gate : small,
  ]),
)

const stages = new Stages()
afterAll(() => stages.end())

// In full size one after the other: each is to have the machine.
const run = size === 'full' ? it : it.concurrent
run.each(cases)('%s', async (name, program, keeping, plan) => {
  const scene = await Scene.make(await stageFor(stages, program, keeping), keeping)
  const { device } = scene
  const said = { device: texts('device', plan.count), bot: texts('bot', plan.count) }
  const began = Date.now()
  const cuts = new Cuts(device, plan)
  await Promise.all([
    scene
      .talk(said, (at) => (at / plan.count > cuts.done / plan.cuts ? pace.ahead : pace.usual))
      .finally(() => cuts.stop()),
    cuts.run(dice(seed)),
  ])
  const { line, tape } = device
  const found = await scene.verdict(said)
  // Where nothing proves what became of them, the person is asked.
  const verdict = keeping === 'kept' ? found : { ...found, uncertain: 0 }
  report('R1', {
    case: name,
    held: isFlawless(verdict),
    on: [program],
    counts: {
      cuts: cuts.done,
      'messages each way': plan.count,
      connections: line.count,
      resumed: tape.resumptions,
      ...countsOf(found),
    },
    seconds: (Date.now() - began) / 1_000,
  })
  expect(verdict).toMatchObject({ ...flawless, uncertain: 0, examples: [] })
  // ejabberd 23.01 drops what waits in a session whose WebSocket process ended just as it was written to. Prosody 0.12 drops
  // what waits in one that is replaced before it could be resumed; there an archive has it.
  if (program === 'prosody' && keeping === 'kept') expect(verdict).toMatchObject(blameless)
})

class Cuts {
  done = 0
  #isOver = false
  readonly #device: Device
  readonly #plan: Plan

  constructor(device: Device, plan: Plan) {
    this.#device = device
    this.#plan = plan
  }

  /** Each cut is of a connection that none has cut yet; at times it is not signed in. */
  async run(chance: Dice): Promise<void> {
    const { line } = this.#device
    const span = (this.#plan.count / this.#plan.cuts) * pace.usual
    while (this.done < this.#plan.cuts && !this.#isOver) {
      const before = line.count
      line.break(anyBreak(chance))
      this.done++
      await until('connected again', () => line.count > before || this.#isOver)
      await pause(span * 2 * chance.roll())
    }
  }

  /** There is nothing more to be cut. */
  stop(): void {
    this.#isOver = true
  }
}

/**
 * What breaks next. Towards the server only between frames: kinds.lab.ts tells what becomes of half a frame there.
 */
function anyBreak({ pick, between }: Dice): Break {
  // What nobody is told of takes longest to be found out, and is rarer.
  const silent = pick<Break>([{ how: 'black-hole' }, { how: 'deaf' }, { how: 'mute' }])
  return pick<Break>([
    { how: 'reset' },
    { how: 'end' },
    { how: 'half-open' },
    silent,
    { how: 'bytes', to: 'device', count: between(1, 4_000) },
    { how: 'frames', to: 'device', count: between(1, 20) },
    { how: 'frames', to: 'server', count: between(1, 20) },
  ])
}
