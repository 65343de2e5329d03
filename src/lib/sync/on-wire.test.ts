/** What became of a batch may be written twice: by who sent it, and by who decides about the session after it. */
import { describe, expect, it } from 'vitest'
import { takeEpoch } from '#storage/database.ts'
import type { OutboxRow, StoredOutboxRow } from '#storage/schema.ts'
import { juliet, self } from '../../../tests/flows/stage/server.ts'
import { World } from '../../../tests/flows/stage/world.ts'
import { Core } from './core.ts'
import { OnWire, type Batch } from './on-wire.ts'

const ignore = { changed: () => undefined, storage: () => undefined, deposed: () => undefined }
const third: OutboxRow = {
  message: 1,
  conversation: 'c',
  to: juliet,
  originId: 'o',
  wire: '<message/>',
  state: 'sending',
  firstAt: 1_000,
  streamId: 's-1',
  number: null,
  attempts: 3,
  retryAt: 0,
}

async function stage() {
  const world = await World.make()
  const core = new Core(world.account, self, await takeEpoch(world.account), world.clock, ignore)
  const onWire = new OnWire(core, { settle: () => Promise.resolve(), settled: () => undefined })
  const put = (row: OutboxRow) => world.account.db.put('outbox', row)
  const seq = await put(third)
  const row: StoredOutboxRow = { ...third, seq }
  const batch = (part: Partial<Batch>): Batch => ({ session: 0, streamId: 's-1', sent: [], unsent: [], ...part })
  return { world, onWire, put, row, batch }
}

describe('what was not sent', () => {
  it('loses one attempt, however often that is written', async () => {
    const { world, onWire, row, batch } = await stage()
    await Promise.all([onWire.push(batch({ unsent: [row] })), onWire.record()])
    expect(await world.outbox()).toEqual([{ ...row, state: 'queued', attempts: 2 }])
  })

  it('is left alone where it was tried again since', async () => {
    const { world, onWire, put, row, batch } = await stage()
    const again = { ...row, streamId: 's-2' }
    await put(again)
    await onWire.push(batch({ unsent: [row] }))
    expect(await world.outbox()).toEqual([again])
  })
})

describe('what was sent', () => {
  it('is numbered, but not where it was tried again since', async () => {
    const { world, onWire, put, row, batch } = await stage()
    await onWire.push(batch({ sent: [{ row, number: 7 }] }))
    expect(await world.outbox()).toEqual([{ ...row, number: 7 }])
    const again = { ...row, attempts: 4, streamId: 's-2' }
    await put(again)
    await onWire.push(batch({ sent: [{ row, number: 7 }] }))
    expect(await world.outbox()).toEqual([again])
  })
})
