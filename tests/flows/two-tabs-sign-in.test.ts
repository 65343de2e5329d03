/** Two tabs that sign in or out at the same time end with one account or none, and both know which. */
import { expect, it } from 'vitest'
import type { OpenAccount } from '#sync/account.ts'
import { gate, Household, type HouseholdTab } from './stage/household.ts'
import { nurse, self } from './stage/server.ts'

async function pair(house: Household): Promise<[HouseholdTab, HouseholdTab]> {
  return [await house.tab(), await house.tab()]
}

it('the same account at the same time: one account, one leader, one follower', async () => {
  const house = new Household()
  const tabs = await pair(house)
  const proof = gate()
  house.before.proof = proof.pass
  const signing = tabs.map((tab) => tab.signIn())
  await house.settle()
  proof.open()
  const accounts = await Promise.all(signing.map(({ account }) => account))
  for (const { engine } of accounts) engine.start()
  await house.settle()
  expect(new Set(accounts.map(({ row }) => row.id)).size).toBe(1)
  expect(accounts.map(({ engine }) => engine.isLeader).sort()).toEqual([false, true])
  expect(await house.rows(tabs[0])).toEqual([{ jid: self, state: 'open' }])
  expect(await house.databases()).toHaveLength(1)
  expect(house.dropped).toBe(1)
})

it('two accounts at the same time: the first is signed in, the second is told so and leaves nothing', async () => {
  const house = new Household()
  const [first, second] = await pair(house)
  const signing = [first.signIn(self), second.signIn(nurse)] as const
  expect((await signing[0].account).address.jid).toBe(self)
  await expect(signing[1].account).rejects.toThrow('account-other')
  expect(await house.rows(second)).toEqual([{ jid: self, state: 'open' }])
  expect(await house.databases()).toHaveLength(1)
})

it('an account that another tab has open already: this one follows', async () => {
  const house = new Household()
  const [first, second] = await pair(house)
  const there = await first.signIn().account
  there.engine.start()
  await house.settle()
  const joined = await second.signIn().account
  joined.engine.start()
  await house.settle()
  expect(joined.row.id).toBe(there.row.id)
  expect([there.engine.isLeader, joined.engine.isLeader]).toEqual([true, false])
})

it('signing out while another tab signs in: the new account stays', async () => {
  const house = new Household()
  const [first, second] = await pair(house)
  const former = await first.signIn().account
  const proof = gate()
  house.before.proof = proof.pass
  const signing = second.signIn(nurse)
  await house.settle()
  const leaving = first.accounts.leave(former)
  proof.open()
  await leaving
  const account = await signing.account
  expect(await house.rows(second)).toEqual([{ jid: nurse, state: 'open' }])
  expect(await house.databases()).toEqual([account.database.name])
})

it('signing out of the account that another tab is joining: both are out', async () => {
  const house = new Household()
  const [first, second] = await pair(house)
  const former = await first.signIn().account
  const joined = await second.signIn().account
  joined.engine.start()
  await first.accounts.leave(former)
  await house.settle()
  expect(second.heard).toContain('leaving')
  joined.database.db.close()
  await house.settle()
  expect(await house.rows(second)).toEqual([])
  expect(await house.databases()).toEqual([])
})

it('both sign out at once', async () => {
  const house = new Household()
  const [first, second] = await pair(house)
  const accounts: OpenAccount[] = [await first.signIn().account, await second.signIn().account]
  for (const { engine } of accounts) engine.start()
  await house.settle()
  await Promise.all([first, second].map((tab, at) => tab.accounts.leave(accounts[at] as OpenAccount)))
  expect(await house.rows(first)).toEqual([])
  expect(await house.databases()).toEqual([])
})

it('starting while another tab signs out: nobody is signed in, and nothing is said to be lost', async () => {
  const house = new Household()
  const [first, second] = await pair(house)
  const former = await first.signIn().account
  former.engine.start()
  await house.settle()
  const [found] = await Promise.all([second.accounts.current().catch(String), first.accounts.leave(former)])
  if (found !== null && typeof found === 'object') found.database.db.close()
  await house.settle()
  expect(found).not.toBeTypeOf('string')
  expect(await second.accounts.current()).toBeNull()
  expect(await house.databases()).toEqual([])
})
