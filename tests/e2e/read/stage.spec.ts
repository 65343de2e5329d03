// The stage itself: what is served, what the archives of the demonstration hold, and that the watch sees what it must see.
import { connectPeer } from '../../peer/peer.ts'
import { demoPassword, demoUser, demoUsers, longConversation } from '../../../tools/prosody/demo.mjs'
import { expect, test } from '../fixtures.ts'
import { Watch } from '../watch.ts'

test.describe('the page', () => {
  test('is served with the policy of production', async ({ request, shared }) => {
    const answer = await request.get(shared.url)
    expect(answer.status()).toBe(200)
    const headers = answer.headers()
    expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['cache-control']).toBe('no-cache')
    const asset = /\.\/(_app\/immutable\/boot[^"]+)/.exec(await answer.text())?.[1] ?? ''
    expect((await request.get(shared.url + asset)).headers()['cache-control']).toContain('immutable')
  })

  test('opens without a breach', async ({ page }) => {
    await page.goto('')
    await expect(page).toHaveTitle(/Besedka/)
  })
})

test.describe('the watch', () => {
  test('sees a breach of the policy', async ({ page, watch }) => {
    await page.goto('')
    watch.expect(/style-src|inline style/)
    await page.evaluate(() => document.body.setAttribute('style', 'color: red'))
    await expect.poll(() => watch.problems.join('\n')).toMatch(/policy: style-src/)
  })

  test('sees a string given to a sink', async ({ page, watch }) => {
    await page.goto('')
    watch.expect(/trusted-types|TrustedHTML|HTML/i)
    await page.evaluate(() => {
      try {
        document.createElement('div').innerHTML = '<b>x</b>'
      } catch {
        // Refused, as it must be; the watch hears of it as well.
      }
    })
    await expect.poll(() => watch.problems.length).toBeGreaterThan(0)
  })

  test('sees an error nobody caught', async ({ page, watch }) => {
    await page.goto('')
    watch.expect(/planted/)
    await page.evaluate(() => void setTimeout(() => Promise.reject(new Error('planted'))))
    await expect.poll(() => watch.problems.join('\n')).toMatch(/uncaught: .*planted/)
  })

  test('sees a popup, and what it asks for', async ({ page, watch }) => {
    await page.goto('')
    watch.expect(/foreign request: https:\/\/localhost:59999\/popup/)
    await page.evaluate(() => void window.open('https://localhost:59999/popup', '_blank', 'noopener'))
    await expect.poll(() => watch.problems.join('\n')).toMatch(/foreign request: \S+popup/)
  })

  test('sees what the service worker asks for', async ({ page, context, watch, browserName }) => {
    test.skip(browserName === 'firefox', 'its driver does not tell of service workers')
    await page.goto('')
    watch.expect(/foreign request: https:\/\/localhost:59999\/worker/)
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
    await worker.evaluate(() => fetch('https://localhost:59999/worker').then(String, String))
    await expect.poll(() => watch.problems.join('\n')).toMatch(/foreign request: \S+worker/)
  })

  test('sees another profile, and every page of it', async ({ device, watch }) => {
    const page = await device()
    await page.goto('')
    watch.expect(/foreign request: https:\/\/localhost:59999\/device|style-src/)
    await page.evaluate(() => document.body.setAttribute('style', 'color: red'))
    const popup = await page.context().newPage()
    await popup.goto('')
    await popup.evaluate(() => fetch('https://localhost:59999/device').catch(() => null))
    const own = Watch.of(page.context())
    await expect.poll(() => own.problems.join('\n')).toMatch(/style-src[^]*foreign request/)
  })

  test('sees a script that only an attribute would run', async ({ page, watch }) => {
    await page.goto('')
    watch.expect(/TrustedScript|trusted-types/)
    await page.evaluate(() => {
      try {
        document.createElement('img').setAttribute('onerror', 'window.planted = 1')
      } catch {
        // Refused, as it must be.
      }
    })
    await expect.poll(() => watch.problems.join('\n')).toMatch(/trusted-types-sink/)
  })

  test('sees a request to a foreign origin', async ({ page, watch }) => {
    await page.goto('')
    watch.expect(/foreign request: https:\/\/localhost:59999\//)
    await page.evaluate(() => fetch('https://localhost:59999/').catch(() => null))
    await expect.poll(() => watch.problems.join('\n')).toMatch(/foreign request/)
  })
})

test.describe('the demonstration', () => {
  test('is in the archives, readable and in order', async ({ prosody }) => {
    const peer = await connectPeer({ ...prosody, user: demoUser, password: demoPassword, available: false })
    const found = await peer.archive({ with: 'boris@localhost' })
    expect(found.length).toBe(longConversation)
    expect(found.every(({ body, id, originId }) => body !== '' && id !== '' && id === originId)).toBe(true)
    const stamps = found.map(({ stamp }) => stamp)
    expect(stamps).toEqual([...stamps].sort())
    expect(new Date(stamps.at(-1) ?? 0).getTime()).toBeLessThan(Date.now())
    const all = await peer.archive()
    expect(all.map(({ stamp }) => stamp)).toEqual(all.map(({ stamp }) => stamp).sort())
    expect(new Set(all.map(({ archiveId }) => archiveId)).size).toBe(all.length)
    expect((await peer.roster()).map(({ subscription }) => subscription)).toEqual(demoUsers.slice(1).map(() => 'both'))
    peer.abort()
  })

  test('has both sides of a conversation', async ({ prosody }) => {
    const sides = await Promise.all([
      prosody.archive('alice', { with: 'layla@localhost' }),
      prosody.archive('layla', { with: 'alice@localhost' }),
    ])
    const [mine = [], hers = []] = sides.map((side) =>
      side.map(({ xml, at }) => `${at} ${/ id='([^']*)'/.exec(xml)?.[1]}`),
    )
    expect(mine.length).toBeGreaterThan(10)
    expect(hers).toEqual(mine)
  })
})
