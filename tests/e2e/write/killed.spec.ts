// A page's process killed at random, small: the laboratory (`npm run lab -- killed`) does it 100 times.
import { killed } from '../../lab/killed-run.ts'
import { seed } from '../../lab/size.ts'
import { expect, test } from '../fixtures.ts'

test('eight kills lose and double nothing, and leave nobody half signed in', async ({
  shared,
  prosody,
  account,
  peer,
  launchOptions,
}) => {
  test.setTimeout(180_000)
  const given = { shared, prosody, account, peer, launchOptions }
  const { faults, draftLoss } = await killed(given, { kills: 8, seed, archived: 250 })
  expect(faults).toEqual([])
  // The bar of 1 s is the laboratory's; here a machine may have more to do.
  expect(draftLoss).toBeLessThan(5_000)
})
