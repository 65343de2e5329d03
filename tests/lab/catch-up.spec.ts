// 10,000 archived messages caught up after being away: all stored, counted right, and the page never stands still.
import { expect, test } from '../e2e/fixtures.ts'
import { bubble, expectOnline, line, signIn } from '../e2e/person.ts'
import { countOf, messages } from '../e2e/store.ts'
import { note } from './figure.ts'
import { fillPast } from './history.ts'

const count = Number(process.env.MESSAGES ?? 10_000)

test(`${count} messages after being away`, async ({ page, context, account, prosody, server }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const end = Math.floor(Date.now() / 1000) - 60
  const isOwn = () => false
  await fillPast(prosody, anna, boris, { count: 1, isOwn, end: end - (count + 60) * 60, body: () => 'before' })
  await signIn(page, anna, server)
  await line(page, boris.user).click()
  await expect(bubble(page, 'before')).toBeVisible()
  const elsewhere = `${server.url}#/settings`
  await page.close()
  await prosody.cut('forget', { user: anna.user })
  await fillPast(prosody, anna, boris, { count, isOwn, end, name: 'away', body: (at) => `away ${at}` })
  const next = await context.newPage()
  await next.addInitScript(() => {
    const long: [number, number][] = []
    Object.assign(window, { long, progress: [] as string[] })
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) long.push([startTime, duration])
    }).observe({ type: 'longtask', buffered: true })
    setInterval(() => {
      const told = document.querySelector('[role="progressbar"]')?.getAttribute('aria-valuetext')
      const seen = (window as unknown as { progress: string[] }).progress
      if (told && seen.length === 0) performance.mark('catching-up')
      if (told && told !== seen.at(-1)) seen.push(told)
    }, 50)
  })
  const started = Date.now()
  await next.goto(elsewhere)
  await expect.poll(() => countOf(next, 'message'), { timeout: 300_000, intervals: [2_000] }).toBe(count + 1)
  await expectOnline(next, 60_000)
  const seconds = (Date.now() - started) / 1000
  await expect(line(next, boris.user)).toContainText(`${count.toLocaleString('en-GB')} unread messages`)
  const { atStart, long, progress } = await next.evaluate(() => {
    const { long, progress } = window as unknown as { long: [number, number][]; progress: string[] }
    const from = performance.getEntriesByName('catching-up')[0]?.startTime ?? 0
    // Drawing the page for the first time is not catching up, and is noted apart.
    return { atStart: long.filter(([at]) => at < from), long: long.filter(([at]) => at >= from), progress }
  })
  const worst = (tasks: [number, number][]) =>
    `${Math.max(0, ...tasks.map(([, duration]) => duration)).toFixed(0)} ms, ${tasks.length} in all`
  const stored = await messages(next)
  expect(new Set(stored.map(({ archiveId }) => archiveId)).size).toBe(count + 1)
  console.log(long.map(([at, duration]) => `${duration.toFixed(0)} ms at ${at.toFixed(0)}`).join(', '))
  note('catch-up, messages stored', `${stored.length} in ${seconds.toFixed(1)} s`, `${count + 1}`)
  note('catch-up, steps of progress seen', String(progress.length), '> 3')
  note('catch-up, tasks over 50 ms', worst(long), 'none')
  note('before it, while the page starts', worst(atStart), 'no bar')
  expect(progress.length).toBeGreaterThan(3)
  expect(long).toEqual([])
})
