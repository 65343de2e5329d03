// From reload to the last conversation readable, without a network, beside an empty page that reads the same rows.
import { expect, test } from '../e2e/fixtures.ts'
import { bubble, line, signIn } from '../e2e/person.ts'
import { median, note } from './figure.ts'
import { fillPast } from './history.ts'

const turns = 15

test('reload to the last conversation', async ({ page, context, account, prosody, server }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  await fillPast(prosody, anna, boris, { count: 1_000 })
  await signIn(page, anna, server)
  await line(page, boris.user).click()
  await expect(bubble(page, /line 999\./)).toBeVisible()
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await context.addInitScript(() => {
    if (location.pathname.endsWith('/empty.html')) return
    const look = () => {
      const rows = document.querySelectorAll('[role="feed"] [role="article"]')
      if (rows.length === 0 || !rows[rows.length - 1]?.textContent.includes('line 999.')) return
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => Object.assign(window, { readable: performance.now() })))
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { subtree: true, childList: true })
  })
  server.setFiles({
    'empty.html': '<!doctype html><html lang="en"><title>empty</title><script src="empty.js"></script></html>',
    'empty.js': reader,
  })
  server.setWeather({ refuse: true })
  server.cut()
  const empty = await context.newPage()
  await empty.goto(`${server.url}empty.html`)
  const [app, plain]: [number[], number[]] = [[], []]
  const requests: string[] = []
  await context.setOffline(true)
  page.on('response', (response) => void (response.fromServiceWorker() || requests.push(response.url())))
  for (let turn = 0; turn < turns; turn++) {
    // A page behind another one draws once a second.
    await page.bringToFront()
    await page.reload()
    await page.waitForFunction(() => 'readable' in window)
    app.push(await page.evaluate(() => (window as unknown as { readable: number }).readable))
    await context.setOffline(false)
    await empty.bringToFront()
    await empty.reload()
    await empty.waitForFunction(() => 'readable' in window)
    plain.push(await empty.evaluate(() => (window as unknown as { readable: number }).readable))
    await context.setOffline(true)
  }
  const [ours, theirs] = [median(app), median(plain)]
  note(
    'reload to readable, offline',
    `${ours.toFixed(0)} ms, empty page ${theirs.toFixed(0)} ms, ${(ours / theirs).toFixed(2)} times`,
    '2 times',
  )
  note('requests for it', String(requests.length), '0')
  expect(requests).toEqual([])
  expect(ours / theirs).toBeLessThanOrEqual(2)
})

/** A page of its own with nothing but the rows: the newest 100 messages, as text, in one frame. */
const reader = `
const done = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = reject })
async function databases() {
  const found = []
  const factories = [indexedDB]
  if (navigator.storageBuckets) for (const name of await navigator.storageBuckets.keys()) factories.push((await navigator.storageBuckets.open(name)).indexedDB)
  for (const factory of factories) for (const { name } of await factory.databases()) if (/^besedka:.*:/.test(name)) found.push([factory, name])
  return found
}
addEventListener('DOMContentLoaded', async () => {
  const [[factory, name]] = await databases()
  const db = await done(factory.open(name))
  const cursor = db.transaction('message').objectStore('message').index('timeline').openCursor(null, 'prev')
  const rows = []
  await new Promise((resolve) => {
    cursor.onsuccess = () => {
      if (!cursor.result || rows.length === 100) return resolve()
      rows.push(cursor.result.value)
      cursor.result.continue()
    }
  })
  for (const row of rows.reverse()) document.body.append(Object.assign(document.createElement('p'), { textContent: row.sealed.body.parts[0]?.body ?? '' }))
  requestAnimationFrame(() => setTimeout(() => { window.readable = performance.now() }))
})`
