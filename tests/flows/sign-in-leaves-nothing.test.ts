/** A sign-in that fails or is cancelled, at whatever step, leaves nothing on the disk. */
import { expect, it } from 'vitest'
import { refuseWrites } from './stage/disk.ts'
import { gate, Household } from './stage/household.ts'
import { self } from './stage/server.ts'

it.each(['proof', 'disk'] as const)('where it is cancelled before the step: %s', async (step) => {
  const house = new Household()
  const tab = await house.tab()
  const { pass, open } = gate()
  house.before[step] = pass
  const signing = tab.signIn()
  await house.settle()
  signing.cancel()
  open()
  await expect(signing.account).rejects.toThrow()
  await house.settle()
  expect(await house.rows(tab)).toEqual([])
  expect(await house.databases()).toEqual([])
  expect(house.dropped).toBe(1)
  house.before[step] = () => Promise.resolve()
  expect((await tab.signIn().account).address.jid).toBe(self)
})

it('where the disk is full', async () => {
  const house = new Household()
  const tab = await house.tab()
  // Its row still fits in, its database does not.
  house.before.disk = () => Promise.resolve(refuseWrites('QuotaExceededError', ['account']))
  const signing = tab.signIn()
  await expect(signing.account).rejects.toThrow('no space')
  refuseWrites(null)
  expect(house.dropped).toBe(1)
  expect(await house.rows(tab)).toEqual([])
  expect(await house.databases()).toEqual([])
})

it('on a public computer, where nothing is written at all', async () => {
  const house = new Household()
  const tab = await house.tab()
  const { isPublic, engine } = await tab.signIn(self, true).account
  expect(isPublic).toBe(true)
  expect(await house.rows(tab)).toEqual([])
  expect(await house.databases()).toEqual([])
  engine.release()
})
