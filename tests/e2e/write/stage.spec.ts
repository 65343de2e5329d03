// The stage itself, where it is broken: cut connections, servers of one's own, bots that talk to each other.
import { messageXml } from '../../../tools/prosody/demo.mjs'
import { expect, test } from '../fixtures.ts'
import { connectPeer } from '../../peer/peer.ts'

test('bots talk to each other and the archive has what they said', async ({ account, peer, prosody }) => {
  const [one, other] = [await account(), await account()]
  await prosody.befriend(one.user, other.user)
  const [speaker, listener] = [await peer(one), await peer(other)]
  const said = Array.from({ length: 50 }, (_, at) => `message ${at} <&> "' 🌹`)
  for (const body of said) await speaker.send(other.jid, body)
  const last = await speaker.send(other.jid, 'the last', { receipt: true })
  await listener.waitForMessage(({ body }) => body === 'the last')
  await speaker.waitForMessage(({ xml }) => xml.includes('urn:xmpp:receipts') && xml.includes(last.id))
  expect(listener.heard.map(({ body }) => body)).toEqual([...said, 'the last'])
  // The archive has the receipt as well, without a body.
  const archived = (await listener.archive({ with: one.jid })).filter(({ body }) => body !== undefined)
  expect(archived.map(({ body }) => body)).toEqual([...said, 'the last'])
})

test('a filled archive reads back as it was written', async ({ account, peer, prosody }) => {
  const own = await account()
  const items = Array.from({ length: 1_000 }, (_, at) => {
    const [from, to] = at % 2 ? [own.jid, 'past@localhost'] : ['past@localhost', own.jid]
    const xml = messageXml({ from, to, id: `past-${at}`, body: `line ${at} <&> "' 🌹` })
    return { id: `archived-${at}`, at: 1_700_000_000 + Math.floor(at / 3), with: 'past@localhost', xml }
  })
  await prosody.fill(own.user, items)
  const found = await (await peer(own)).archive({ with: 'past@localhost' })
  expect(found.map(({ archiveId }) => archiveId)).toEqual(items.map(({ id }) => id))
  expect(found.map(({ originId, body }) => [originId, body])).toEqual(
    items.map((_, at) => [`past-${at}`, `line ${at} <&> "' 🌹`]),
  )
  expect(found[0]?.stamp).toBe('2023-11-14T22:13:20Z')
  expect(await prosody.archive(own.user)).toHaveLength(items.length)
})

test('a cut ends connections without a closing frame', async ({ account, server, prosody }) => {
  const { user, password } = await account()
  const wsUrl = `${server.origin.replace('http', 'ws')}/xmpp-websocket`
  const peer = await connectPeer({ wsUrl, domain: prosody.domain, user, password })
  expect(server.cut()).toBe(1)
  await peer.closed
  server.setWeather({ refuse: true })
  await expect(connectPeer({ wsUrl, domain: prosody.domain, user, password })).rejects.toThrow()
  server.setWeather({ cutAfterDown: 300 })
  await expect(connectPeer({ wsUrl, domain: prosody.domain, user, password })).rejects.toThrow()
  server.setWeather({})
  const again = await connectPeer({ wsUrl, domain: prosody.domain, user, password })
  again.abort()
})

test('a server of one’s own may lack an archive', async ({ stand }) => {
  const { account, peer, prosody } = await stand({ archive: false, hibernation: 2 })
  const [one, other] = [await account(), await account()]
  const [speaker, listener] = [await peer(one), await peer(other)]
  await speaker.send(other.jid, 'not kept')
  await listener.waitForMessage(({ body }) => body === 'not kept')
  await expect(speaker.page()).rejects.toThrow('service-unavailable')
  await prosody.restart({ archive: true })
  await speaker.closed
  const back = await peer(one)
  expect((await back.page()).items).toEqual([])
})

test(
  'a page survives cuts and refusals without a complaint of the watch',
  { tag: '@firefox' },
  async ({ page, server, watch }) => {
    await page.goto(server.url)
    const openSocket = () =>
      page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const socket = new WebSocket(`ws://${location.host}/xmpp-websocket`, 'xmpp')
            socket.onopen = () => resolve(0)
            socket.onclose = ({ code }) => resolve(code)
          }),
      )
    expect(await openSocket()).toBe(0)
    expect(server.cut()).toBeGreaterThan(0)
    server.setWeather({ refuse: true })
    expect(await openSocket()).toBe(1006)
    expect(watch.problems).toEqual([])
  },
)

for (const base of ['/x/', '/x/y/']) {
  test(`the same build opens under ${base}`, async ({ page, serve }) => {
    const { url } = await serve({ base })
    const missing: string[] = []
    page.on('response', (response) => void (response.status() >= 400 && missing.push(response.url())))
    await page.goto(url)
    await expect(page).toHaveTitle(/Besedka/)
    await expect(page.getByRole('textbox').first()).toBeVisible()
    expect(missing).toEqual([])
  })
}
