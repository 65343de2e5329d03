/** What an acknowledgement costs: it waits for the disk, and writes nothing that lies there already. */
import { describe, expect, it } from 'vitest'
import type { Writing } from '#storage/database.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'
import { DurableStream } from './stream.ts'

function stage() {
  const acknowledged: number[] = []
  const stored: unknown[] = []
  const store = { put: (row: unknown) => Promise.resolve(stored.push(row)) }
  const writing = { now: 0, tx: { objectStore: () => store } } as unknown as Writing
  const core = { session: 1, write: (work: (writing: Writing) => Promise<void>) => work(writing) }
  const wire = {
    isOpen: true,
    state: () => ({ id: 'id', jid: 'a@b/c', handled: 0, sent: 0 }),
    acknowledge: (handled: number) => acknowledged.push(handled),
  }
  const stream = new DurableStream(core as unknown as Core, wire as unknown as Wire)
  const batch = async (handled: number) => {
    await stream.put(writing, handled)
    stream.stored(handled)
  }
  const ask = async (handled: number) => {
    const before = stored.length
    stream.acknowledge(handled)
    await new Promise((resolve) => setImmediate(resolve))
    return { acknowledged: acknowledged.at(-1), writes: stored.length - before }
  }
  return { stream, writing, batch, ask }
}

describe('an acknowledgement', () => {
  it('writes nothing where its number came with what was stored', async () => {
    const { batch, ask } = stage()
    await batch(5)
    expect(await ask(5)).toEqual({ acknowledged: 5, writes: 0 })
  })

  it('writes the number first where more was counted since', async () => {
    const { batch, ask } = stage()
    await batch(5)
    expect(await ask(6)).toEqual({ acknowledged: 6, writes: 1 })
  })

  it('trusts nothing that was put and is not committed', async () => {
    const { stream, writing, batch, ask } = stage()
    await batch(5)
    await stream.put(writing, 6)
    expect(await ask(5)).toEqual({ acknowledged: 5, writes: 1 })
  })

  it('trusts nothing of the session before', async () => {
    const { stream, batch, ask } = stage()
    await batch(5)
    stream.lost()
    expect(await ask(5)).toEqual({ acknowledged: 5, writes: 1 })
  })
})
