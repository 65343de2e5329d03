// R15: one page open for hours, a message a second, the connection cut again and again: what it needs does not grow.
import type { CDPSession } from '@playwright/test'
import { expect, test } from '../e2e/fixtures.ts'
import { converse, expectOnline, say, signIn } from '../e2e/person.ts'
import { countOf, messages } from '../e2e/store.ts'
import { dice } from './engine/dice.ts'
import { report } from './report.ts'
import { seed, size } from './size.ts'

const minutes = Number(process.env.MINUTES ?? (size === 'full' ? 120 : 3))
/** s between two cuts, on average: 500 in two hours. */
const calm = 14.4
const perSample = 15_000

interface Sample {
  /** ms since the talk began. */
  at: number
  /** Bytes after a collection. */
  heap: number
  nodes: number
  listeners: number
}

test(`${minutes} minutes`, async ({ page, context, stand }) => {
  test.setTimeout((minutes + 10) * 60_000)
  const own = await stand()
  const [anna, boris] = [await own.account(), await own.account()]
  await own.prosody.befriend(anna.user, boris.user)
  const bot = await own.peer(boris)
  await signIn(page, anna, own)
  await converse(page, boris.jid)
  const hand = await context.newCDPSession(page)
  await hand.send('Performance.enable')
  const { roll } = dice(seed)
  const samples: Sample[] = []
  const started = Date.now()
  const end = started + minutes * 60_000
  const passed = () => Date.now() - started
  let [cuts, forgotten, fromBot, fromPage] = [0, 0, 0, 0]
  let [nextCut, nextSample] = [calm * 1000, perSample]
  while (Date.now() < end) {
    await until(started + (fromBot + fromPage) * 1000)
    // Every tenth message is the person's own.
    if ((fromBot + fromPage) % 10 === 9) await say(page, `page ${fromPage++}`)
    else await bot.send(anna.jid, `bot ${fromBot++}`)
    if (passed() >= nextCut) {
      if (roll() < 0.1) forgotten += await own.prosody.cut('forget', { user: anna.user })
      own.cut()
      cuts++
      nextCut += calm * 1000 * (0.3 + 1.4 * roll())
    }
    if (passed() < nextSample) continue
    samples.push({ at: passed(), ...(await measure(hand)) })
    nextSample += perSample
    if (samples.length % 20 === 0) console.log(JSON.stringify({ cuts, fromBot, fromPage, ...samples.at(-1) }))
  }
  await expectOnline(page, 60_000)
  await expect.poll(() => countOf(page, 'message'), { timeout: 60_000 }).toBe(fromBot + fromPage)
  const stored = (await messages(page)).map(({ body }) => body)
  const heard = bot.heard.flatMap(({ body }) => (body?.startsWith('page ') ? [body] : []))
  const twice = stored.length - new Set(stored).size + heard.length - new Set(heard).size
  const lost = fromBot + fromPage - new Set(stored).size + fromPage - new Set(heard).size
  const quarter = Math.min(15, minutes / 4) * 60_000
  const { heapBefore, heapAfter, growth, nodes } = judge(samples, quarter)
  const counts = {
    messages: stored.length,
    reconnects: cuts,
    forgotten,
    lost,
    twice,
    'heap after the first quarter hour, MB': megabytes(heapBefore),
    'heap at the end, MB': megabytes(heapAfter),
    'growth, %': Number((growth * 100).toFixed(1)),
    'most DOM nodes': nodes,
    'DOM nodes at the end': samples.at(-1)?.nodes ?? 0,
    'listeners at the end': samples.at(-1)?.listeners ?? 0,
  }
  const isBounded = nodes <= 2 * (samples.find(({ at }) => at >= quarter)?.nodes ?? 0)
  const held = lost === 0 && twice === 0 && growth <= 0.1 && isBounded
  report('R15', { case: 'Chromium', held, on: ['prosody', 'chromium'], counts, seconds: passed() / 1000 })
  expect({ lost, twice, isBounded }).toEqual({ lost: 0, twice: 0, isBounded: true })
  expect(growth).toBeLessThanOrEqual(0.1)
})

const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

const megabytes = (bytes: number) => Number((bytes / 1_000_000).toFixed(2))

/** A message's moment, not a guess at how long something takes. */
const until = (moment: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - Date.now())))

/** Middles of the samples around the end of the first quarter hour and of the last ones. */
function judge(samples: Sample[], quarter: number) {
  const after = samples.filter(({ at }) => at >= quarter)
  const few = Math.min(12, Math.ceil(after.length / 4))
  const heapBefore = median(after.slice(0, few).map(({ heap }) => heap))
  const heapAfter = median(after.slice(-few).map(({ heap }) => heap))
  const nodes = Math.max(...samples.map((sample) => sample.nodes))
  return { heapBefore, heapAfter, growth: heapAfter / heapBefore - 1, nodes }
}

async function measure(hand: CDPSession): Promise<Omit<Sample, 'at'>> {
  await hand.send('HeapProfiler.collectGarbage')
  const { metrics } = await hand.send('Performance.getMetrics')
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') }
}
