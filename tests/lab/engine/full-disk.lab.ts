// Every write of a talk fails once, and from there on until there is space again: nothing is lost, doubled or acknowledged
// too early, the person is told, and all of it mends itself.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { report } from '../report.ts'
import { size } from '../size.ts'
import type { Fault } from './failing-disk.ts'
import { Talk, type TalkVerdict } from './full-disk-talk.ts'

type Way = Pick<Fault, 'way' | 'name'>

const passing: readonly Way[] = [
  { way: 'throws', name: 'QuotaExceededError' },
  { way: 'request', name: 'UnknownError' },
  { way: 'commit', name: 'AbortError' },
  { way: 'request', name: 'QuotaExceededError' },
  { way: 'closed', name: 'AbortError' },
  { way: 'throws', name: 'UnknownError' },
  { way: 'commit', name: 'QuotaExceededError' },
]
const lasting = passing.filter(({ way, name }) => way !== 'closed' && name !== 'AbortError')

/** Points of a run that the gate tries, spread evenly. */
const points = size === 'full' ? Number.POSITIVE_INFINITY : Number(process.env['POINTS'] ?? 20)

let unhandled: unknown[] = []
const hear = (error: unknown): void => void unhandled.push(error)
beforeAll(() => void process.on('unhandledRejection', hear))
afterAll(() => void process.off('unhandledRejection', hear))

it('is a talk that writes everything, and all is well on a disk that works', async () => {
  const verdict = await Talk.run(null)
  console.log(JSON.stringify(verdict))
  expect(verdict).toMatchObject({
    lost: 0,
    twice: 0,
    falselyAcknowledged: 0,
    toldAfter: null,
    leftovers: 0,
    examples: [],
  })
  expect(verdict.writes).toBeGreaterThan(120)
})

it.each([
  ['one write fails', passing, false],
  ['all writes fail from one on', lasting, true],
])('%s', async (name, ways, lasts) => {
  const started = Date.now()
  const { writes } = await Talk.run(null)
  const step = Math.max(1, writes / points)
  const counts = {
    points: 0,
    writes,
    lost: 0,
    twice: 0,
    acknowledgedTooEarly: 0,
    untold: 0,
    mendedInSilence: 0,
    slowestToldMs: 0,
    stuck: 0,
    leftovers: 0,
    unhandled: 0,
  }
  const examples: string[] = []
  for (let at = 1; at <= writes; at += step) {
    unhandled = []
    const fault = { ...(ways[counts.points % ways.length] ?? passing[0]!), at: Math.floor(at), lasts }
    const verdict = await Talk.run(fault).catch((error: unknown) => {
      throw new Error(`${JSON.stringify(fault)}: ${String(error)}`, { cause: error })
    })
    counts.points++
    add(counts, verdict, lasts)
    counts.unhandled += unhandled.length
    const wrong = [...verdict.examples, ...unhandled.map((error) => `unhandled ${String(error)}`)]
    if (verdict.toldAfter === -1 && lasts) wrong.push('not told')
    if (verdict.stuckNotice > 0) wrong.push('notice stands')
    if (wrong.length > 0) examples.push(`${JSON.stringify(fault)}: ${wrong.join('; ')}`)
  }
  const held =
    counts.lost +
      counts.twice +
      counts.acknowledgedTooEarly +
      counts.untold +
      counts.stuck +
      counts.leftovers +
      counts.unhandled ===
      0 && counts.slowestToldMs <= 2_000
  report('R5', { case: name, held, on: [], counts, seconds: Math.round((Date.now() - started) / 100) / 10 })
  expect(examples).toEqual([])
  expect(held).toBe(true)
})

function add(
  counts: {
    lost: number
    twice: number
    acknowledgedTooEarly: number
    untold: number
    mendedInSilence: number
    slowestToldMs: number
    stuck: number
    leftovers: number
  },
  verdict: TalkVerdict,
  lasts: boolean,
): void {
  counts.lost += verdict.lost
  counts.twice += verdict.twice
  counts.acknowledgedTooEarly += verdict.falselyAcknowledged
  counts.stuck += verdict.stuckNotice
  counts.leftovers += verdict.leftovers
  // What was tried again and came right before anybody could have read it needs no notice.
  if (verdict.toldAfter === -1 && !lasts) counts.mendedInSilence++
  else if (verdict.toldAfter === -1) counts.untold++
  else counts.slowestToldMs = Math.max(counts.slowestToldMs, verdict.toldAfter ?? 0)
}
