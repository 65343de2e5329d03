/** A bucket that cannot be opened for a moment is no lost account: nobody replaces it, and what waits in it is sent later. */
import { beforeEach, expect, it } from 'vitest'
import { FakeBuckets } from './stage/buckets.ts'
import { Household, type HouseholdTab } from './stage/household.ts'
import { juliet, nurse, self } from './stage/server.ts'

let house: Household
let buckets: FakeBuckets
let tab: HouseholdTab

/** Signed in; one message waits in the account's bucket, and the browser was closed. */
beforeEach(async () => {
  house = new Household()
  house.buckets = buckets = new FakeBuckets()
  const first = await house.tab()
  const { engine, database } = await first.signIn().account
  engine.start()
  await house.settle()
  house.server.isUp = false
  house.wires.at(-1)?.wire.cut()
  const opened = await engine.execute({ do: 'open', jid: juliet })
  const conversation = opened.ok ? (opened.id ?? '') : ''
  await engine.execute({ do: 'send', conversation, originId: 'o', body: 'waits' })
  engine.release()
  database.db.close()
  first.kill()
  tab = await house.tab()
})

it('is told as refused, and opens with all of it when the browser lets it', async () => {
  buckets.refuses = true
  await expect(tab.accounts.current()).rejects.toThrow('storage-refused')
  buckets.refuses = false
  const account = await tab.accounts.current()
  expect(await account?.database.db.count('outbox')).toBe(1)
  account?.engine.release()
})

it.each([
  ['its own address', self],
  ['another address', nurse],
])('is not replaced by a sign-in to %s', async (_name, jid) => {
  buckets.refuses = true
  await expect(tab.signIn(jid).account).rejects.toThrow('storage-refused')
  buckets.refuses = false
  expect(await house.rows(tab)).toEqual([{ jid: self, state: 'open' }])
  expect(buckets.disks.size).toBe(1)
})

it('stays listed until it is erased, where signing out could not', async () => {
  const account = await tab.accounts.current()
  buckets.refuses = true
  if (account) expect(await tab.accounts.leave(account)).toBe('until-restart')
  buckets.refuses = false
  expect(await house.rows(tab)).toEqual([{ jid: self, state: 'leaving' }])
  const later = await house.tab()
  expect(await later.accounts.current()).toBeNull()
  expect([await house.rows(later), buckets.disks.size]).toEqual([[], 0])
})
