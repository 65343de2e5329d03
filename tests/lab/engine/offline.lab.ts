// Many messages are written without a network; the app is opened anew, later the network is back: each goes once, in order.
import { afterEach, describe, expect, it } from 'vitest'
import { flawless, judge } from './oracle.ts'
import { Stage, until } from './stage.ts'
import { arrived, covered, personSays, settled, texts } from './talk.ts'
import { seed, size } from '../size.ts'

const plan = { rounds: size === 'full' ? 20 : 1, count: 200 }

let stage: Stage | undefined
afterEach(() => stage?.end())

describe.each([
  ['with an archive', true],
  ['without an archive', false],
])('%s', (_name, archive) => {
  it(`${plan.count} messages queued offline, ${plan.rounds} times`, async () => {
    stage = await Stage.make({ archive })
    for (let round = 0; round < plan.rounds; round++) {
      const [anna, boris] = [await stage.person(), await stage.person()]
      const bot = await stage.bot(boris)
      const device = await stage.device(anna)
      const first = await device.open()
      await until('online', () => first.isOnline)
      device.line.set({ isDown: true })
      device.line.break({ how: 'reset' })
      const said = { device: texts('device', plan.count), bot: [] }
      await personSays(() => first, boris, said.device, 0)
      first.kill()
      const tab = await device.open()
      expect(await tab.bodies(boris.jid)).toEqual(said.device)
      device.line.set({})
      await settled(tab)
      if (archive) await covered(tab, stage.server, anna)
      await until('all heard', () => bot.heard.length >= plan.count, 20_000).catch(() => undefined)
      await arrived(tab, boris, plan.count)
      const verdict = await judge(tab, bot, { device: anna, bot: boris }, said, archive ? stage.server : null)
      console.log(JSON.stringify({ seed, archive, round, ...verdict }))
      expect(verdict).toMatchObject({ ...flawless, uncertain: 0 })
      await device.end()
    }
  })
})
