// Any interleaving of what may reach a device ends in one state: many lives of the flow test, in portions, so that memory stays flat.
import { expect, it } from 'vitest'
import { assertConfluent } from '../../flows/stage/interleaving.ts'
import { report } from '../report.ts'
import { seed, size } from '../size.ts'

const runs = size === 'full' ? Number(process.env['LAB_RUNS'] ?? 100_000) : 900
const portion = 500

it('ends in one state', async () => {
  const begun = Date.now()
  const failures: string[] = []
  let done = 0
  for (let at = 0; done < runs && failures.length === 0; at++) {
    const some = Math.min(portion, runs - done)
    await assertConfluent(some, seed + at).catch((error: unknown) => failures.push(String(error)))
    done += some
  }
  report('confluence', {
    case: 'lives of a device',
    held: failures.length === 0 && done >= runs,
    on: [],
    counts: { runs: done, 'other states': failures.length },
    seconds: (Date.now() - begun) / 1000,
  })
  expect(failures).toEqual([])
})
