// Without a network: what is stored is there, what is written is sent once when the network is back.
import { expect, test, type Page } from '../fixtures.ts'
import { bubble, composer, converse, expectOnline, expectStatus, said, say, signIn } from '../person.ts'
import { messages } from '../store.ts'

/** The worker has all files of the page and answers for it. */
async function expectInstalled(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
}

test(
  'a reload without a network shows the conversation',
  { tag: '@firefox' },
  async ({ page, context, browserName, account, peer, prosody, server }) => {
    const [anna, boris] = [await account(), await account()]
    await prosody.befriend(anna.user, boris.user)
    const bot = await peer(boris)
    await signIn(page, anna, server)
    await converse(page, boris.jid)
    await say(page, 'said with a network')
    await bot.waitForMessage(({ body }) => body === 'said with a network')
    await bot.send(anna.jid, 'answered with a network')
    await expect(bubble(page, 'answered with a network')).toBeVisible()
    await expectInstalled(page)
    server.setWeather({ refuse: true })
    server.cut()
    await context.setOffline(true)
    const answered: string[] = []
    page.on('response', (response) => {
      if (!response.fromServiceWorker()) answered.push(response.url())
    })
    await page.reload()
    await expect(bubble(page, 'answered with a network')).toBeVisible()
    expect(await said(page)).toEqual(['said with a network', 'answered with a network'])
    // Firefox does not tell its driver who answered.
    if (browserName === 'chromium') expect(answered).toEqual([])
    await say(page, 'written in the tunnel')
    await expectStatus(page, 'written in the tunnel', 'Waiting to be sent')
    expect(bot.heard.filter(({ body }) => body === 'written in the tunnel')).toEqual([])
    server.setWeather({})
    await context.setOffline(false)
    // There, no event says that the network is back.
    if (browserName === 'firefox') await page.getByRole('button', { name: 'Try now' }).click()
    await bot.waitForMessage(({ body }) => body === 'written in the tunnel')
    await expectStatus(page, 'written in the tunnel', 'Delivered')
    expect(bot.heard.filter(({ body }) => body === 'written in the tunnel')).toHaveLength(1)
  },
)

test(
  'what is queued when the tab closes is sent once by the next',
  { tag: '@firefox' },
  async ({ page, context, account, peer, prosody, server }) => {
    const [anna, boris] = [await account(), await account()]
    await prosody.befriend(anna.user, boris.user)
    const bot = await peer(boris)
    await signIn(page, anna, server)
    await converse(page, boris.jid)
    server.setWeather({ refuse: true })
    server.cut()
    for (const body of ['first in line', 'second in line', 'third in line']) await say(page, body)
    await expectStatus(page, 'third in line', 'Waiting to be sent')
    const address = page.url()
    await page.close()
    server.setWeather({})
    const next = await context.newPage()
    await next.goto(address)
    await expectStatus(next, 'third in line', 'Delivered')
    await say(next, 'said by the next tab')
    await bot.waitForMessage(({ body }) => body === 'said by the next tab')
    const order = ['first in line', 'second in line', 'third in line', 'said by the next tab']
    expect(bot.heard.map(({ body }) => body).filter(Boolean)).toEqual(order)
    expect(await said(next)).toEqual(order)
  },
)

test('the banner counts down, and one can try at once', async ({ page, account, server }) => {
  await signIn(page, await account(), server)
  server.setWeather({ refuse: true })
  server.cut()
  const notices = page.getByRole('region', { name: 'Messages about the app' })
  await expect(notices).toContainText(/Next try in \d+ seconds?\./)
  // The pauses grow, so that one long enough to press the button in comes soon.
  await expect(notices).toContainText(/Next try in ([3-9]|\d\d) seconds\./, { timeout: 20_000 })
  server.setWeather({})
  await notices.getByRole('button', { name: 'Try now' }).click()
  await expectOnline(page)
  await expect(notices.getByRole('button')).toHaveCount(0)
})

test('a message acknowledged by nobody is not said twice', async ({ page, account, peer, prosody, server }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const bot = await peer(boris)
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  // The message goes up, and the connection dies before anything comes down.
  server.setWeather({ cutAfterDown: 1 })
  await composer(page).fill('was it taken')
  await composer(page).press('Enter')
  await bot.waitForMessage(({ body }) => body === 'was it taken')
  await prosody.cut('forget', { user: anna.user })
  server.setWeather({})
  await expectStatus(page, 'was it taken', 'Delivered')
  await say(page, 'the next one')
  await bot.waitForMessage(({ body }) => body === 'the next one')
  expect(bot.heard.map(({ body }) => body).filter(Boolean)).toEqual(['was it taken', 'the next one'])
  expect((await messages(page)).map(({ body }) => body)).toEqual(['was it taken', 'the next one'])
})

test(
  'what was said while away is there in order, once',
  { tag: '@firefox' },
  async ({ page, account, peer, prosody, server }) => {
    const [anna, boris] = [await account(), await account()]
    await prosody.befriend(anna.user, boris.user)
    const bot = await peer(boris)
    await signIn(page, anna, server)
    await bot.send(anna.jid, 'before')
    await converse(page, boris.jid)
    await expect(bubble(page, 'before')).toBeVisible()
    server.setWeather({ refuse: true })
    server.cut()
    const missed = Array.from({ length: 40 }, (_, at) => `missed ${at}`)
    for (const body of missed) await bot.send(anna.jid, body)
    await prosody.cut('forget', { user: anna.user })
    server.setWeather({})
    await expect(bubble(page, /^.*missed 39/)).toBeVisible({ timeout: 15_000 })
    expect((await messages(page)).map(({ body }) => body)).toEqual(['before', ...missed])
  },
)
