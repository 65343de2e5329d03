/** A tab that starts while another stores a first sign-in waits for it, and wipes only what nobody is making any more. */
import { expect, it } from 'vitest'
import { gate, Household } from './stage/household.ts'
import { self } from './stage/server.ts'

it('opens the account that was half-made when it started', async () => {
  const house = new Household()
  const [first, second] = [await house.tab(), await house.tab()]
  const disk = gate()
  house.before.disk = disk.pass
  const signing = first.signIn()
  await house.settle()
  expect(await house.rows(second)).toEqual([{ jid: null, state: 'leaving' }])
  const starting = second.accounts.current()
  await house.settle()
  disk.open()
  const [made, found] = [await signing.account, await starting]
  expect(found?.row.id).toBe(made.row.id)
  expect(await house.rows(second)).toEqual([{ jid: self, state: 'open' }])
  expect(first.heard).toEqual([])
})

it('wipes what a tab that died had half made', async () => {
  const house = new Household()
  const [first, second] = [await house.tab(), await house.tab()]
  house.before.disk = gate().pass
  first.signIn()
  await house.settle()
  first.kill()
  house.before.disk = () => Promise.resolve()
  expect(await second.accounts.current()).toBeNull()
  expect(await house.rows(second)).toEqual([])
})

it('wipes it as well where that tab only sleeps, which has signed in nobody when it wakes up', async () => {
  const house = new Household()
  const [first, second] = [await house.tab(), await house.tab()]
  const disk = gate()
  house.before.disk = disk.pass
  const signing = first.signIn()
  await house.settle()
  house.before.disk = () => Promise.resolve()
  const starting = second.accounts.current()
  await house.settle()
  await house.pass(20_000)
  expect(await starting).toBeNull()
  disk.open()
  await expect(signing.account).rejects.toThrow('storage-gone')
  await house.settle()
  expect(await house.rows(second)).toEqual([])
  expect(await house.databases()).toEqual([])
})
