// 60 cuts at random moments while 1,000 messages go each way.
import { expect, test } from '../e2e/fixtures.ts'
import { runCuts } from './cuts.ts'
import { note } from './figure.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000))
const [cuts, count] = [Number(process.env.CUTS ?? 60), Number(process.env.MESSAGES ?? 1_000)]

for (const archive of [true, false])
  test(`${cuts} cuts, ${count} messages each way, archive ${archive ? 'on' : 'off'}`, async ({ page, stand }) => {
    const server = await stand({ archive })
    console.log(`SEED=${seed}`)
    const outcome = await runCuts(page, server, { count, cuts, seed, pace: 100, forgetting: archive ? 0.2 : 0 })
    note(`cuts, archive ${archive ? 'on' : 'off'}`, JSON.stringify(outcome), '0 lost, 0 twice, 0 misordered')
    expect(outcome).toMatchObject({ lost: 0, twice: 0, misordered: 0 })
  })
