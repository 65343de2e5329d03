/** Whatever the disk refused half-way is taken up by itself once it works: nothing waits for the next session or the next key. */
import { afterEach, expect, it } from 'vitest'
import { readMeta } from '#storage/database.ts'
import { refuseWrites } from './stage/disk.ts'
import { Household } from './stage/household.ts'
import { juliet } from './stage/server.ts'
import { World } from './stage/world.ts'

afterEach(() => refuseWrites(null))

it('sends what was stored just before the disk was full', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const opened = await tab.engine.execute({ do: 'open', jid: juliet })
  const conversation = opened.ok ? (opened.id ?? '') : ''
  await world.settle()
  const sending = tab.engine.execute({ do: 'send', conversation, originId: 'o', body: 'stored' })
  expect(await sending).toMatchObject({ ok: true })
  // Stored, and not marked as being on the wire yet.
  refuseWrites('QuotaExceededError')
  await world.pass(1_000)
  expect(world.server.bodiesHeard).toEqual([])
  expect(tab.engine.state.storageFailure).toMatchObject({ what: 'storage-full' })
  refuseWrites(null)
  await world.pass(3_000)
  expect(world.server.bodiesHeard).toEqual(['stored'])
  expect(await world.statusOf('stored')).toBe('sent')
})

it('settles what was acknowledged while the disk was full', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.answersAcks = false
  await world.send(tab, 'acknowledged')
  refuseWrites('QuotaExceededError')
  world.server.answersAcks = true
  tab.wire().requestAck()
  await world.pass(1_000)
  expect(await world.statusOf('acknowledged')).toBe('sending')
  refuseWrites(null)
  await world.pass(3_000)
  expect(await world.statusOf('acknowledged')).toBe('sent')
  expect(await world.outbox()).toEqual([])
})

it('says that it works again although nobody has anything to write', async () => {
  const world = await World.make()
  const tab = await world.tab()
  refuseWrites('UnknownError')
  expect(await tab.engine.execute({ do: 'open', jid: juliet })).toMatchObject({ failure: { what: 'storage-failed' } })
  await world.pass(10_000)
  expect(tab.engine.state.storageFailure).not.toBeNull()
  refuseWrites(null)
  await world.pass(2_000)
  expect(tab.engine.state.storageFailure).toBeNull()
})

it('signs out on a disk that takes nothing more', async () => {
  const house = new Household()
  const tab = await house.tab()
  const open = await tab.signIn().account
  refuseWrites('QuotaExceededError', [])
  expect(await tab.accounts.leave(open)).toBe('until-restart')
  refuseWrites(null)
  expect(await house.databases()).toEqual([])
  expect(await house.rows(tab)).toEqual([])
})

it('keeps the newest of what signs in next time', async () => {
  const house = new Household()
  const tab = await house.tab()
  const { engine, database } = await tab.signIn().account
  engine.start()
  await house.settle()
  refuseWrites('QuotaExceededError')
  house.wires[0]?.proven({ mechanism: 'SCRAM-SHA-1', keys: null })
  await house.settle()
  refuseWrites(null)
  house.wires[0]?.proven({ mechanism: 'SCRAM-SHA-512', keys: null })
  await house.pass(20_000)
  expect(await readMeta(database, 'login')).toBe('SCRAM-SHA-512')
  // The newest is refused as well: it is what is stored in the end.
  refuseWrites('QuotaExceededError')
  house.wires[0]?.proven({ mechanism: 'SCRAM-SHA-1', keys: null })
  await house.settle()
  house.wires[0]?.proven({ mechanism: 'SCRAM-SHA-256', keys: null })
  await house.settle()
  refuseWrites(null)
  await house.pass(20_000)
  expect(await readMeta(database, 'login')).toBe('SCRAM-SHA-256')
  engine.release()
})
