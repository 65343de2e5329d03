/** The root database outlives the account: what a follower asks, and whose account it is, stand there sealed. */
import { expect, it } from 'vitest'
import { refuseWrites } from './stage/disk.ts'
import { Household } from './stage/household.ts'
import { juliet, self } from './stage/server.ts'
import { World } from './stage/world.ts'

it('a request that waits says nothing, and is carried out all the same', async () => {
  const world = await World.make()
  const leader = await world.tab()
  const opened = await leader.engine.execute({ do: 'open', jid: juliet })
  const conversation = opened.ok ? (opened.id ?? '') : ''
  const follower = await world.tab()
  refuseWrites('QuotaExceededError')
  const answer = follower.engine.execute({ do: 'send', conversation, originId: 'x', body: 'meet me at eight' })
  await world.settle()
  const rows = await world.root.getAll('request')
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toMatch(/eight|send/)
  refuseWrites(null)
  await world.pass(4_000)
  expect(await answer).toEqual({ ok: true, id: null })
  expect(world.server.bodiesHeard).toEqual(['meet me at eight'])
})

it('a request that is damaged stands in the way of nothing', async () => {
  const world = await World.make()
  const request = { id: 'damaged', account: 'a', sealed: { key: 1, body: new Uint8Array(40) }, at: 0 }
  await world.root.put('request', request)
  const leader = await world.tab()
  await world.settle()
  expect(leader.engine.isLeader).toBe(true)
  expect(await world.root.count('request')).toBe(0)
})

it('nor does the list of accounts', async () => {
  const house = new Household()
  const tab = await house.tab()
  await tab.signIn().account
  expect(await house.rows(tab)).toEqual([{ jid: self, state: 'open' }])
  expect(JSON.stringify(await tab.root.getAll('account'))).not.toContain(self.split('@')[0])
})
