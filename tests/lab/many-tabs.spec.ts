// 1,000 operations on up to eight tabs of one browser.
import { expect, test } from '../e2e/fixtures.ts'
import { manyTabs } from './many-tabs-run.ts'
import { seed, size } from './size.ts'

const operations = Number(process.env.OPERATIONS ?? (size === 'full' ? 1_000 : 30))

test(`${operations} operations on up to eight tabs`, async ({ shared, prosody, account, peer, launchOptions }) => {
  test.setTimeout(3_600_000)
  const outcome = await manyTabs({ shared, prosody, account, peer, launchOptions }, { operations, seed, pace: 250 })
  expect(outcome.faults).toEqual([])
})
