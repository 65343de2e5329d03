/** An account that no row tells of any more is told of, and taken over only by whoever signs in to it. */
import { beforeEach, expect, it } from 'vitest'
import { FakeBuckets } from './stage/buckets.ts'
import { Household, type HouseholdTab } from './stage/household.ts'
import { nurse, self } from './stage/server.ts'

let house: Household
let tab: HouseholdTab

/** Signed in, then the root database lost its row. */
async function lose(): Promise<void> {
  const first = await house.tab()
  const { database, row } = await first.signIn().account
  database.db.close()
  await first.root.delete('account', row.id)
  first.kill()
  tab = await house.tab()
}

beforeEach(() => {
  house = new Household()
})

it.each([
  ['in a bucket', new FakeBuckets()],
  ['beside the others', null],
])('%s', async (_name, buckets) => {
  house.buckets = buckets
  await lose()
  expect((await house.strays()).map(({ owner }) => owner)).toEqual([self])
  const other = await tab.signIn(nurse).account
  other.database.db.close()
  await tab.root.delete('account', other.row.id)
  expect((await house.strays()).map(({ owner }) => owner).sort()).toEqual([nurse, self])
  const own = await tab.signIn().account
  own.engine.release()
  expect(await house.rows(tab)).toEqual([{ jid: self, state: 'open' }])
  expect((await house.strays()).map(({ owner }) => owner).sort()).toEqual([nurse, self])
  expect((await house.strays()).find(({ owner }) => owner === self)?.id).toBe(own.row.id)
})

it('tells nothing of a bucket in which there is no account of this deployment', async () => {
  house.buckets = new FakeBuckets()
  await house.buckets.open('besedka-2f622f41625f2d31')
  await lose()
  await house.buckets.open([...house.buckets.disks.keys()].at(-1)!.replace(/-[0-9a-f]+$/, '-4162'))
  expect(await house.strays()).toHaveLength(1)
})
