/**
 * One tab at a time: for the few steps that change which accounts this browser has.
 * The lock dies with its tab. A tab that sleeps with it in hand loses it after a while, so the work must bear being overtaken.
 */
import type { Clock } from '#model/clock.ts'
import type { HeldLock, Tabs } from '#model/tabs.ts'

/** ms that another tab may take for such a step; it waits for the disk alone. */
const patience = 10_000

/** Does `work` while no other tab does any under this lock; rejects as `work` does. */
export async function alone<T>(tabs: Tabs, clock: Clock, lock: string, work: () => Promise<T>): Promise<T> {
  const held = await take(tabs, clock, lock)
  try {
    return await work()
  } finally {
    held.release()
  }
}

async function take(tabs: Tabs, clock: Clock, lock: string): Promise<HeldLock> {
  const waiting = new AbortController()
  const cancel = clock.after(patience, () => waiting.abort())
  try {
    return await tabs.hold(lock, { signal: waiting.signal })
  } catch {
    return tabs.hold(lock, { steal: true })
  } finally {
    cancel()
  }
}
