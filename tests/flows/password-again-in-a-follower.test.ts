/** The password that the server wants again may be typed in any tab; the one that leads signs in with it, and the others with its keys. */
import { expect, it } from 'vitest'
import type { ScramKeys } from '#xmpp/scram-keys.ts'
import { Household } from './stage/household.ts'

const keysOf = (salt: number): ScramKeys => ({
  mechanism: 'SCRAM-SHA-256',
  salt: new Uint8Array(16).fill(salt),
  iterations: 4096,
  clientKey: new Uint8Array(32).fill(salt),
  serverKey: new Uint8Array(32).fill(salt),
})
const proof = (salt: number) => ({ mechanism: 'SCRAM-SHA-256', keys: keysOf(salt) })

async function pair() {
  const house = new Household()
  const [first, second] = [await house.tab(), await house.tab()]
  const leading = await first.signIn().account
  leading.engine.start()
  await house.settle()
  const following = await second.accounts.current()
  if (!following) throw new Error('nobody is signed in')
  following.engine.start()
  await house.settle()
  expect([leading.engine.isLeader, following.engine.isLeader]).toEqual([true, false])
  return { house, first, second, leading, following }
}

it('reaches the tab that leads, and is kept in no other', async () => {
  const { house, second, following } = await pair()
  second.accounts.renew(following, 'another one')
  await house.settle()
  expect(house.wires.map(({ secret }) => secret())).toEqual([{ password: 'another one' }])
  expect(following.login.password).toBeNull()
})

it('leaves keys with which the follower takes over', async () => {
  const { house, first, leading, following } = await pair()
  house.wires[0]?.proven(proof(2))
  await house.settle()
  leading.engine.handOver()
  first.kill()
  await house.settle()
  expect(following.engine.isLeader).toBe(true)
  expect(house.wires[1]?.secret()).toEqual({ keys: keysOf(2) })
})
