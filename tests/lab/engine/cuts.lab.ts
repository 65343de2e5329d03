// Random cuts of every kind while both sides talk: nothing lost, nothing twice, nothing out of order, nothing falsely "sent".
import { afterEach, describe, expect, it } from 'vitest'
import type { Break } from './line.ts'
import { dice, type Dice } from './dice.ts'
import type { Device } from './device.ts'
import { flawless, judge } from './oracle.ts'
import { pause, Stage, until } from './stage.ts'
import { arrived, botSays, covered, personSays, settled, texts } from './talk.ts'
import { seed, size } from '../size.ts'

const plan = size === 'full' ? { cuts: 1_000, count: 20_000, pace: 8 } : { cuts: 20, count: 400, pace: 15 }

let stage: Stage | undefined
afterEach(() => stage?.end())

/**
 * What breaks next. Towards the server only between frames: Prosody 0.12 keeps the half frame of a dead connection and reads
 * the resumed one on top of it, so that stanzas vanish which it counts as handled.
 */
function anyBreak({ pick, between }: Dice): Break {
  const to = pick(['device', 'server'] as const)
  return pick<Break>([
    { how: 'reset' },
    { how: 'end' },
    { how: 'half-open' },
    { how: 'black-hole' },
    { how: 'deaf' },
    { how: 'mute' },
    { how: 'bytes', to: 'device', count: between(1, 4_000) },
    { how: 'frames', to, count: between(1, 20) },
  ])
}

describe.each([
  ['with an archive', true],
  ['without an archive', false],
])('%s', (_name, archive) => {
  it(`${plan.cuts} cuts while ${plan.count} messages go each way`, async () => {
    stage = await Stage.make({ archive })
    const [anna, boris] = [await stage.person(), await stage.person()]
    await stage.server.befriend(anna.user, boris.user)
    const bot = await stage.bot(boris)
    const device = await stage.device(anna)
    const tab = await device.open()
    await until('online', () => tab.isOnline)
    const said = { device: texts('device', plan.count), bot: texts('bot', plan.count) }
    let isOver = false
    const talking = Promise.all([
      personSays(() => tab, boris, said.device, plan.pace),
      botSays(bot, anna, said.bot, plan.pace),
    ]).finally(() => (isOver = true))
    const cuts = await cutting(device, dice(seed), () => isOver)
    await talking
    await settled(tab)
    if (archive) await covered(tab, stage.server, anna)
    await arrived(tab, boris, 2 * plan.count)
    const verdict = await judge(tab, bot, { device: anna, bot: boris }, said, archive ? stage.server : null)
    console.log(JSON.stringify({ seed, archive, cuts, connections: device.line.count, ...verdict }))
    expect(verdict).toMatchObject({ ...flawless, uncertain: 0 })
  })
})

async function cutting(device: Device, chance: Dice, isOver: () => boolean): Promise<Record<string, number>> {
  const kinds: Record<string, number> = {}
  const span = (plan.count * plan.pace) / plan.cuts
  for (let done = 0; done < plan.cuts; done++) {
    await pause(span * (0.3 + 1.4 * chance.roll()))
    while (device.line.size === 0 && !isOver()) await pause(5)
    const way = anyBreak(chance)
    kinds[way.how] = (kinds[way.how] ?? 0) + 1
    device.line.break(way)
  }
  return kinds
}
