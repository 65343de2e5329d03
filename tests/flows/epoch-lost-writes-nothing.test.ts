/** A leader that slept while another took over changes nothing when it wakes. */
import { expect, it } from 'vitest'
import { Core } from '#sync/core.ts'
import { putMeta, takeEpoch } from '#storage/database.ts'
import { self } from './stage/server.ts'
import { World } from './stage/world.ts'

it('is fenced off by the epoch and told so', async () => {
  const world = await World.make()
  let isDeposed = false
  const epoch = await takeEpoch(world.account)
  const told: unknown[] = []
  const core = new Core(world.account, self, epoch, world.clock, {
    changed: (changes) => told.push(...changes),
    storage: (failure) => told.push(failure),
    deposed: () => (isDeposed = true),
  })
  await core.write((writing) => putMeta(writing, 'mine', 1))
  await takeEpoch(world.account)
  const late = core.write(async (writing) => {
    await putMeta(writing, 'mine', 2)
    writing.changes.push({ kind: 'roster' })
  })
  await expect(late).rejects.toMatchObject({ failure: { what: 'epoch-lost' } })
  expect(isDeposed).toBe(true)
  expect(told).toEqual([])
  expect((await world.account.db.get('meta', 'mine'))?.value).toBe(1)
})
