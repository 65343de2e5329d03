// A device whose clock is wrong, or set while it talks: order, stamps and unread counts are those of the server.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countUnread } from '#storage/read/message.ts'
import { flawless, judge } from './oracle.ts'
import { Stage, until } from './stage.ts'
import { arrived, botSays, covered, personSays, settled, texts } from './talk.ts'

const count = 20
const day = 24 * 60 * 60_000
/** ms by which a stored time may be off the true one of now: what the test takes, and the server's whole seconds. */
const near = 60_000

let stage: Stage
beforeAll(async () => {
  stage = await Stage.make()
})
afterAll(() => stage.end())

it.concurrent.each([
  ['a day ahead', day, day],
  ['a day behind', -day, -day],
  ['set forward while talking', 0, day],
  ['set back while talking', 0, -day],
])('%s', async (_name, before, after) => {
  const [anna, boris] = [await stage.person(), await stage.person()]
  await stage.server.befriend(anna.user, boris.user)
  const bot = await stage.bot(boris)
  const device = await stage.device(anna)
  device.skew = before
  const tab = await device.open()
  await until('online', () => tab.isOnline)
  const said = { device: texts('device', count), bot: texts('bot', count) }
  const talking = Promise.all([personSays(() => tab, boris, said.device, 10), botSays(bot, anna, said.bot, 10)])
  await until('half of it said', () => bot.heard.length >= count / 2)
  device.skew = after
  device.line.break({ how: 'reset' })
  await talking
  await settled(tab)
  await covered(tab, stage.server, anna)
  await arrived(tab, boris, 2 * count)
  const verdict = await judge(tab, bot, { device: anna, bot: boris }, said, stage.server)
  expect(verdict).toMatchObject({ ...flawless, uncertain: 0, examples: [] })
  const off = (await tab.messages(boris.jid)).map(({ at }) => Math.abs(at - Date.now()))
  expect(off.filter((ms) => ms > near)).toEqual([])
  const { database } = tab.account
  const [conversation] = await database.db.getAll('conversation')
  expect(conversation?.unread).toBe(await countUnread(database, conversation?.id ?? '', conversation?.read ?? null))
})
