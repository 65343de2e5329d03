// A server without an archive: what it keeps for us is the only copy, and what nobody can know is said.
import { expect, test } from '../fixtures.ts'
import { bubble, composer, converse, expectOnline, expectStatus, say, signIn, timeline } from '../person.ts'
import { messages } from '../store.ts'

test('offline messages are the only copy, and are kept', async ({ page, stand }) => {
  const server = await stand({ archive: false })
  const [anna, boris] = [await server.account(), await server.account()]
  await server.prosody.befriend(anna.user, boris.user)
  const bot = await server.peer(boris)
  const missed = Array.from({ length: 20 }, (_, at) => `kept for you ${at}`)
  for (const body of missed) await bot.send(anna.jid, body)
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await expect(bubble(page, 'kept for you 19')).toBeVisible()
  await expect(timeline(page).or(page.locator('main'))).toContainText(['This server keeps no archive'])
  await page.reload()
  await expectOnline(page)
  await say(page, 'thank you')
  await bot.waitForMessage(({ body }) => body === 'thank you')
  expect((await messages(page)).map(({ body }) => body)).toEqual([...missed, 'thank you'])
})

test('what may have been sent is not sent again by itself', async ({ page, stand }) => {
  const server = await stand({ archive: false })
  const [anna, boris] = [await server.account(), await server.account()]
  await server.prosody.befriend(anna.user, boris.user)
  const bot = await server.peer(boris, { receipts: false })
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  server.setWeather({ cutAfterDown: 1 })
  await composer(page).fill('was this taken')
  await composer(page).press('Enter')
  await bot.waitForMessage(({ body }) => body === 'was this taken')
  await server.prosody.cut('forget', { user: anna.user })
  server.setWeather({})
  await expectOnline(page)
  await expectStatus(page, 'was this taken', 'May have been sent')
  await say(page, 'this one is certain')
  await bot.waitForMessage(({ body }) => body === 'this one is certain')
  expect(bot.heard.filter(({ body }) => body === 'was this taken')).toHaveLength(1)
  await bubble(page, 'was this taken').getByRole('button', { name: 'Send again' }).click()
  await expectStatus(page, 'was this taken', 'The server has it')
  expect(bot.heard.filter(({ body }) => body === 'was this taken')).toHaveLength(2)
})
