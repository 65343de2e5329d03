// A bad network, small: the laboratory (`npm run lab -- cuts`) does the same with 60 cuts and 1,000 messages each way.
import { runCuts } from '../../lab/cuts.ts'
import { expect, test } from '../fixtures.ts'

const seed = Number(process.env.SEED ?? 20_261_122)

for (const archive of [true, false]) {
  test(`ten cuts lose, double and disorder nothing, archive ${archive ? 'on' : 'off'}`, async ({ page, stand }) => {
    // The waits inside have their own ends: on a busy machine each try is cut before it is ready, and the next one comes ever later.
    test.setTimeout(180_000)
    const server = await stand({ archive })
    const outcome = await runCuts(page, server, { count: 100, cuts: 10, seed, pace: 60, forgetting: archive ? 0.3 : 0 })
    console.log(JSON.stringify(outcome))
    expect(outcome).toMatchObject({ lost: 0, twice: 0, misordered: 0 })
  })
}
