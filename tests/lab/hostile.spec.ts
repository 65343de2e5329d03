// R10: every text of the corpus in every place that shows text. HOSTILE=talk,list chooses screens, FROM and TO cases.
import { writeFileSync } from 'node:fs'
import { expect, test } from '../e2e/fixtures.ts'
import { signIn } from '../e2e/person.ts'
import { mostTask, nothing, runRound, setScene, spread, type Outcome } from './hostile.ts'
import { corpus } from './hostile/corpus.ts'
import { details, list, strangers, talk, write } from './hostile/rounds.ts'
import { report } from './report.ts'
import { size } from './size.ts'

const rounds = { talk, list, details, write, strangers }
const wanted = (process.env.HOSTILE ?? Object.keys(rounds).join()).split(',')
const step = Number(process.env.EVERY ?? (size === 'full' ? 1 : 12))
const cases = corpus
  .slice(Number(process.env.FROM ?? 0), Number(process.env.TO ?? corpus.length))
  .filter((_, at) => at % step === 0)
/** Strangers stay in the list; after so many a new account begins with an empty one. */
const batch = 100

for (const [name, round] of Object.entries(rounds)) {
  if (!wanted.includes(name)) continue
  test(`hostile texts: ${name}`, async ({ page, prosody, account }) => {
    test.setTimeout(3_600_000)
    const started = Date.now()
    const outcome: Outcome = nothing()
    for (let from = 0; from < cases.length; from += name === 'strangers' ? batch : cases.length) {
      if (from > 0) await page.context().clearCookies()
      const scene = await setScene(page, prosody, account, signIn, outcome.faults)
      await runRound(round, scene, name === 'strangers' ? cases.slice(from, from + batch) : cases, outcome, {
        isTimed: true,
      })
    }
    const { median, p99, worst } = spread(outcome.tasks.map(({ ms }) => ms))
    const slow = outcome.tasks.filter(({ ms }) => ms > mostTask).sort((a, b) => b.ms - a.ms)
    report('R10', {
      case: name,
      held: outcome.faults.length === 0 && slow.length === 0,
      on: ['prosody', 'chromium'],
      counts: {
        cases: cases.length,
        places: outcome.places.size,
        looks: outcome.looks,
        faults: outcome.faults.length,
        'median ms': median,
        'p99 ms': p99,
        'worst ms': worst,
        'over 50 ms': slow.length,
      },
      seconds: Math.round((Date.now() - started) / 1000),
    })
    console.log(Object.fromEntries(outcome.places))
    if (process.env.DUMP) writeFileSync(process.env.DUMP, JSON.stringify(outcome, null, 1))
    console.log(slow.slice(0, 10))
    expect(outcome.faults.slice(0, 50)).toEqual([])
    expect(slow.slice(0, 50)).toEqual([])
  })
}
