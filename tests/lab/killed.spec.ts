// 100 kills of the page's process, beside the 500 of the claim without a browser (engine/kills).
import { expect, test } from '../e2e/fixtures.ts'
import { killed } from './killed-run.ts'
import { seed, size } from './size.ts'

const kills = Number(process.env.KILLS ?? (size === 'full' ? 100 : 8))

test(`${kills} kills of a page's process`, async ({ shared, prosody, account, peer, launchOptions }) => {
  test.setTimeout(3_600_000)
  const given = { shared, prosody, account, peer, launchOptions }
  const { faults, draftLoss } = await killed(given, { kills, seed, archived: 1_000 })
  expect(faults).toEqual([])
  expect(draftLoss).toBeLessThanOrEqual(1_000)
})
