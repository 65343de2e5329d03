// The tab's process is killed at random moments (signing in, catching up, sending, receiving) and opened again.
import { afterEach, describe, expect, it } from 'vitest'
import type { Device, Tab } from './device.ts'
import { dice } from './dice.ts'
import { flawless, judge } from './oracle.ts'
import { countsOf, isFlawless } from './scene.ts'
import { pause, Stage } from './stage.ts'
import { arrived, botSays, covered, lookBack, personSays, settled, texts } from './talk.ts'
import { report } from '../report.ts'
import { seed, size } from '../size.ts'

const plan = size === 'full' ? { kills: 500, count: 10_000, pace: 10 } : { kills: 12, count: 200, pace: 20 }

let stage: Stage | undefined
afterEach(() => stage?.end())

describe.each([
  ['with an archive', true],
  ['without an archive', false],
])('%s', (name, archive) => {
  it(`${plan.kills} kills while ${plan.count} messages go each way`, async () => {
    stage = await Stage.make({ archive })
    const [anna, boris] = [await stage.person(), await stage.person()]
    await stage.server.befriend(anna.user, boris.user)
    const bot = await stage.bot(boris)
    const device = await stage.device(anna)
    const chance = dice(seed)
    const began = Date.now()
    let tab: Tab | null = await device.open()
    const said = { device: texts('device', plan.count), bot: texts('bot', plan.count) }
    const talking = Promise.all([
      personSays(() => tab, boris, said.device, plan.pace),
      botSays(bot, anna, said.bot, plan.pace),
    ])
    const span = (plan.count * plan.pace) / plan.kills
    for (let done = 0; done < plan.kills; done++) {
      // Often in the middle of signing in and catching up, at times after a while of calm.
      await pause(span * chance.roll() * 2)
      tab = await again(device, tab)
    }
    await talking
    await settled(tab)
    if (archive) await covered(tab, stage.server, anna)
    if (archive) await lookBack(tab, boris)
    await arrived(tab, boris, 2 * plan.count)
    const verdict = await judge(tab, bot, { device: anna, bot: boris }, said, archive ? stage.server : null)
    report('R3', {
      case: `engine killed, ${name}`,
      held: isFlawless(verdict),
      on: ['prosody'],
      counts: { kills: plan.kills, 'messages each way': plan.count, ...countsOf(verdict) },
      seconds: (Date.now() - began) / 1_000,
    })
    expect(verdict).toMatchObject({ ...flawless, uncertain: 0 })
  })
})

async function again(device: Device, tab: Tab): Promise<Tab> {
  tab.kill()
  return device.open()
}
