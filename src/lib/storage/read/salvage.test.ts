import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { openAccount } from '../database.ts'
import { readSalvage } from './salvage.ts'

const quiet = { blocked: () => undefined, closed: () => undefined }

describe('what can be read of a database', () => {
  it('is nothing where there is none, and none is made', async () => {
    const factory = new IDBFactory()
    expect(await readSalvage(factory, 'account')).toEqual({ owner: null, outgoing: [] })
    expect(await factory.databases()).toEqual([])
  })

  it('is whose it was', async () => {
    const factory = new IDBFactory()
    const { db } = await openAccount(factory, 'account', quiet)
    await db.put('meta', { name: 'owner', value: 'anna@example.org' })
    db.close()
    expect(await readSalvage(factory, 'account')).toEqual({ owner: 'anna@example.org', outgoing: [] })
  })

  it('is not taken for nothing where it does not open now', async () => {
    const request = { error: new DOMException('disk', 'UnknownError') } as unknown as IDBOpenDBRequest
    const factory = {
      open: () => {
        queueMicrotask(() => request.onerror?.(new Event('error')))
        return request
      },
    } as unknown as IDBFactory
    await expect(readSalvage(factory, 'account')).rejects.toMatchObject({ failure: { what: 'storage-refused' } })
  })
})
