// The product against another server: what tests/e2e shows with Prosody, shortly, with a real ejabberd.
import { findProgram } from '../../tools/apt.mjs'
import { startEjabberd } from '../../tools/ejabberd/server.mjs'
import { expect, test as base, type Account, type Page, type Peer, type Stand } from '../e2e/fixtures.ts'
import { bubble, bubbles, converse, expectOnline, expectStatus, line, list, said, say, signIn } from '../e2e/person.ts'
import { messages } from '../e2e/store.ts'
import { runCuts } from './cuts.ts'
import { fillPast } from './history.ts'

interface Scene {
  server: Stand
  anna: Account
  boris: Account
  bot: Peer
}

const test = base.extend<{ scene: Scene }>({
  scene: async ({ stand }, use) => {
    const server = await stand({ hibernation: 60 }, { start: startEjabberd })
    const [anna, boris] = [await server.account(), await server.account()]
    await server.prosody.befriend(anna.user, boris.user)
    await use({ server, anna, boris, bot: await server.peer(boris) })
  },
})

test.skip(findProgram('ejabberd') === null, 'needs ejabberd')

test('signs in, shows contacts, talks both ways', async ({ page, scene: { server, anna, boris, bot } }) => {
  await server.prosody.roster(anna.user, [{ jid: 'vera@localhost', name: 'Vera', groups: ['Friends'] }])
  await signIn(page, anna, server)
  await converse(page, 'vera@localhost')
  await expect(page.getByRole('heading', { name: 'Vera' })).toBeVisible()
  await converse(page, boris.jid)
  await expect(line(page, boris.user)).toContainText('online')
  await say(page, 'Is <b>anyone</b> & "all" there? 🌹')
  const heard = await bot.waitForMessage(({ body }) => body !== undefined)
  expect(heard.body).toBe('Is <b>anyone</b> & "all" there? 🌹')
  await expectStatus(page, 'anyone', 'Delivered')
  await bot.send(anna.jid, 'Here I am', { receipt: true })
  await expect(bubble(page, 'Here I am')).toBeVisible()
  await bot.waitForMessage(({ xml }) => xml.includes('urn:xmpp:receipts') && xml.includes('<received'))
  await expect.poll(async () => (await messages(page)).every(({ archiveId }) => archiveId !== null)).toBe(true)
})

test('history comes from the archive, page by page', async ({ page, scene: { server, anna, boris } }) => {
  await fillPast(server.prosody, anna, boris, { count: 300 })
  await signIn(page, anna, server)
  await line(page, boris.user).click()
  await expect(bubble(page, 'line 299.')).toBeVisible()
  await expect
    .poll(async () => {
      await bubbles(page).first().scrollIntoViewIfNeeded()
      return (await messages(page)).length
    })
    .toBe(300)
  const archived = await server.prosody.archive(anna.user)
  expect((await messages(page)).map(({ archiveId }) => archiveId)).toEqual(archived.map(({ id }) => id))
})

test('what came while away is caught up, once', async ({ page, scene: { server, anna, boris, bot } }) => {
  await bot.send(anna.jid, 'before the first sign-in')
  await signIn(page, anna, server)
  await line(page, boris.user).click()
  await expect(bubble(page, 'before the first sign-in')).toBeVisible()
  const address = page.url()
  await page.goto('about:blank')
  await server.prosody.cut('forget', { user: anna.user })
  for (let at = 0; at < 30; at++) await bot.send(anna.jid, `while away ${at}`)
  // What ejabberd has still to take in when the page comes back overtakes what it kept for it meanwhile.
  await expect.poll(async () => (await server.prosody.archive(anna.user)).length).toBe(31)
  await page.goto(address)
  await expect(bubble(page, 'while away 29')).toBeVisible()
  await expectOnline(page)
  const bodies = (await messages(page)).map(({ body }) => body)
  expect(bodies).toEqual(['before the first sign-in', ...Array.from({ length: 30 }, (_, at) => `while away ${at}`)])
})

test('reload, offline, and back', async ({ page, context, scene: { server, anna, boris, bot } }) => {
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await say(page, 'said with a network')
  await expectStatus(page, 'said with a network', 'Delivered')
  await page.reload()
  await expectOnline(page)
  await bot.send(anna.jid, 'said after a reload')
  await expect(bubble(page, 'said after a reload')).toBeVisible()
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  server.setWeather({ refuse: true })
  server.cut()
  await context.setOffline(true)
  await page.reload()
  await expect(bubble(page, 'said after a reload')).toBeVisible()
  await say(page, 'written in the tunnel')
  await expectStatus(page, 'written in the tunnel', 'Waiting to be sent')
  server.setWeather({})
  await context.setOffline(false)
  await expectStatus(page, 'written in the tunnel', 'Delivered')
  expect(await said(page)).toEqual(['said with a network', 'said after a reload', 'written in the tunnel'])
  expect(bot.heard.filter(({ body }) => body === 'written in the tunnel')).toHaveLength(1)
})

test('a cut session is resumed', async ({ page, scene: { server, anna, boris, bot } }) => {
  const frames = watchFrames(page)
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await say(page, 'before the cut')
  await expectStatus(page, 'before the cut', 'Delivered')
  server.setWeather({ refuse: true })
  server.cut()
  await expect
    .poll(async () => (await server.prosody.sessions(anna.user)).map(({ hibernating }) => hibernating))
    .toEqual([true])
  await bot.send(anna.jid, 'said into the silence')
  await say(page, 'written into the silence')
  server.setWeather({})
  await expectOnline(page, 30_000)
  await expect(bubble(page, 'said into the silence')).toBeVisible()
  await expectStatus(page, 'written into the silence', 'Delivered')
  expect(frames.some((frame) => frame.startsWith('<resumed'))).toBe(true)
  expect(await server.prosody.sessions(anna.user)).toHaveLength(1)
  expect(bot.heard.filter(({ body }) => body === 'written into the silence')).toHaveLength(1)
  expect((await messages(page)).filter(({ body }) => body === 'said into the silence')).toHaveLength(1)
})

test('a session the server has forgotten is opened anew', async ({ page, scene: { server, anna, boris, bot } }) => {
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  server.setWeather({ refuse: true })
  server.cut()
  await server.prosody.cut('forget', { user: anna.user })
  await bot.send(anna.jid, 'said to nobody')
  await say(page, 'written to nobody')
  server.setWeather({})
  await expectStatus(page, 'written to nobody', 'Delivered')
  await expect(bubble(page, 'said to nobody')).toBeVisible()
  expect((await messages(page)).map(({ body }) => body).sort()).toEqual(['said to nobody', 'written to nobody'])
})

test('ten cuts lose, double and disorder nothing', async ({ page, scene: { server } }) => {
  const plan = { count: 100, cuts: 10, seed: Number(process.env.SEED ?? 20_261_122), pace: 60, forgetting: 0.3 }
  expect(await runCuts(page, server, plan)).toMatchObject({ lost: 0, twice: 0, misordered: 0 })
})

test('an account that wants no archive is told so', async ({ page, scene: { server, anna, boris, bot } }) => {
  await server.prosody.archiving(anna.user, false)
  await bot.send(anna.jid, 'kept for you')
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await expect(bubble(page, 'kept for you')).toBeVisible()
  await say(page, 'thank you')
  await bot.waitForMessage(({ body }) => body === 'thank you')
  await expectStatus(page, 'thank you', 'Delivered')
  expect(await server.prosody.archive(anna.user)).toEqual([])
  await page.reload()
  await expectOnline(page)
  expect((await messages(page)).map(({ body }) => body)).toEqual(['kept for you', 'thank you'])
})

test('a server without an archive', async ({ page, stand }) => {
  const server = await stand({ archive: false }, { start: startEjabberd })
  const [anna, boris] = [await server.account(), await server.account()]
  await server.prosody.befriend(anna.user, boris.user)
  const bot = await server.peer(boris)
  await bot.send(anna.jid, 'the only copy')
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await expect(bubble(page, 'the only copy')).toBeVisible()
  await expect(page.locator('main')).toContainText('This server keeps no archive')
  await page.reload()
  await expectOnline(page)
  await expect(list(page)).toContainText('the only copy')
})

/** What the server sends to this page from now on. */
function watchFrames(page: Page): string[] {
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))))
  return frames
}
