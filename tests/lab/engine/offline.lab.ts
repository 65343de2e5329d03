// Many messages are written without a network; the app is opened anew, later the network is back: each goes once, in order.
import { afterAll, expect, it } from 'vitest'
import { flawless, type Verdict } from './oracle.ts'
import { countsOf, isFlawless, Scene, stageFor, sum } from './scene.ts'
import { Stages, titleOf, type Keeping, type Program } from './stage.ts'
import { personSays, texts } from './talk.ts'
import { report } from '../report.ts'
import { size } from '../size.ts'

const plan = { rounds: size === 'full' ? 20 : 1, count: 200 }

const cases = (['prosody', 'ejabberd'] as const).flatMap((program) =>
  (['kept', 'none', 'off'] as const).map((keeping): [string, Program, Keeping] => [
    titleOf(program, keeping),
    program,
    keeping,
  ]),
)

const stages = new Stages()
afterAll(() => stages.end())

it.concurrent.each(cases)('%s', async (name, program, keeping) => {
  const stage = await stageFor(stages, program, keeping)
  const verdicts: Verdict[] = []
  const began = Date.now()
  for (let round = 0; round < plan.rounds; round++) {
    const scene = await Scene.make(stage, keeping)
    const { device, boris } = scene
    device.line.set({ isDown: true })
    device.line.break({ how: 'reset' })
    const said = { device: texts('device', plan.count), bot: [] }
    await personSays(() => scene.tab, boris, said.device, 0)
    scene.tab.kill()
    scene.tab = await device.open()
    expect(await scene.tab.bodies(boris.jid)).toEqual(said.device)
    device.line.set({})
    verdicts.push(await scene.verdict(said))
    await scene.end()
  }
  const verdict = sum(verdicts)
  report('R18', {
    case: name,
    held: isFlawless(verdict),
    on: [program],
    counts: { rounds: plan.rounds, 'messages in each': plan.count, ...countsOf(verdict) },
    seconds: (Date.now() - began) / 1_000,
  })
  expect(verdict).toMatchObject({ ...flawless, uncertain: 0, examples: [] })
})
