// Every kind of break, alone, in the middle of a talk: the same verdict whatever the network does.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Break, Condition } from './line.ts'
import { flawless, judge } from './oracle.ts'
import { Stage, until } from './stage.ts'
import { arrived, botSays, covered, personSays, settled, texts } from './talk.ts'
import { size } from '../size.ts'

const plan = { count: 30, pace: 8, times: size === 'full' ? 100 : 1 }

/** What happens in the middle, and what the line is like all the while. */
const kinds: readonly (readonly [string, Break | null, Condition])[] = [
  ['a reset', { how: 'reset' }, {}],
  ['an end', { how: 'end' }, {}],
  ['a black hole', { how: 'black-hole' }, {}],
  ['a deaf device', { how: 'deaf' }, {}],
  ['a mute device', { how: 'mute' }, {}],
  ['a connection open on one side', { how: 'half-open' }, {}],
  ['a cut after some bytes to the device', { how: 'bytes', to: 'device', count: 700 }, {}],
  ['a cut after some frames to the device', { how: 'frames', to: 'device', count: 3 }, {}],
  ['a cut after some frames to the server', { how: 'frames', to: 'server', count: 3 }, {}],
  ['a reset on a slow line', { how: 'reset' }, { delay: 30 }],
  ['a dripping line', null, { drip: 40 }],
]

let stage: Stage
beforeAll(async () => {
  stage = await Stage.make()
})
afterAll(() => stage.end())

it.concurrent.each(kinds)(`%s, ${plan.times} times`, async (_name, way, condition) => {
  for (let time = 0; time < plan.times; time++) {
    const [anna, boris] = [await stage.person(), await stage.person()]
    await stage.server.befriend(anna.user, boris.user)
    const bot = await stage.bot(boris)
    const device = await stage.device(anna)
    const tab = await device.open()
    await until('online', () => tab.isOnline)
    device.line.set(condition)
    const said = { device: texts('device', plan.count), bot: texts('bot', plan.count) }
    const talking = Promise.all([
      personSays(() => tab, boris, said.device, plan.pace),
      botSays(bot, anna, said.bot, plan.pace),
    ])
    await until('half of it said', () => bot.heard.length >= plan.count / 2)
    if (way) device.line.break(way)
    await talking
    device.line.set({})
    await settled(tab)
    await covered(tab, stage.server, anna)
    await arrived(tab, boris, 2 * plan.count)
    const verdict = await judge(tab, bot, { device: anna, bot: boris }, said, stage.server)
    expect(verdict).toMatchObject({ ...flawless, uncertain: 0, examples: [] })
    await device.end()
  }
})
