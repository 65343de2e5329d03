// A disk that fails at one write of all that a run makes, in each way in which a browser's does; without a browser.
// It also knows what was committed, so that a test can ask whether what was acknowledged lay on the disk.
import 'fake-indexeddb/auto'
import { forceCloseDatabase } from 'fake-indexeddb'

/**
 * `throws`: the call throws. `request`: its request fails, and the transaction with it. `commit`: the transaction is
 * aborted although each of its requests succeeded. `closed`: the browser closes the connection.
 */
export type FaultWay = 'throws' | 'request' | 'commit' | 'closed'

export interface Fault {
  readonly way: FaultWay
  /** Name of the DOMException. */
  readonly name: 'QuotaExceededError' | 'UnknownError' | 'AbortError'
  /** Number of the write that fails, from 1. */
  readonly at: number
  /** All later writes fail too, until `heal`. */
  readonly lasts: boolean
}

/** What fake-indexeddb keeps to itself and a broken disk needs. */
interface Inside {
  _abort(name: string): void
  _execRequestAsync(what: { source: unknown; operation: () => void }): IDBRequest
}

interface Running {
  fault: Fault | null
  writes: number
  isBroken: boolean
  fired(): void
  /** Rows of the store `message`, as JSON, that were committed. */
  readonly durable: Set<string>
}

const running: Running = { fault: null, writes: 0, isBroken: false, fired: () => undefined, durable: new Set() }
const pending = new WeakMap<IDBTransaction, string[]>()

function failed(store: IDBObjectStore): IDBRequest | null {
  const { fault } = running
  if (store.transaction.mode === 'versionchange') return null
  running.writes++
  if (fault === null || (running.writes !== fault.at && !running.isBroken)) return null
  if (running.writes === fault.at) {
    running.isBroken = fault.lasts
    running.fired()
  }
  const tx = store.transaction as unknown as Inside
  const error = (): DOMException => new DOMException('no space', fault.name)
  if (fault.way === 'throws') throw error()
  if (fault.way === 'closed') {
    forceCloseDatabase(store.transaction.db as never)
    throw new DOMException('closing', 'InvalidStateError')
  }
  if (fault.way === 'commit') {
    // After what was asked for so far has been answered, and before anything can be committed.
    const request = tx._execRequestAsync({ source: store, operation: () => undefined })
    request.addEventListener('success', () => tx._abort(fault.name))
    return null
  }
  return tx._execRequestAsync({
    source: store,
    operation: () => {
      throw error()
    },
  })
}

for (const name of ['put', 'add', 'delete', 'clear'] as const) {
  const store = IDBObjectStore.prototype as unknown as Record<string, (...given: unknown[]) => IDBRequest>
  const original = store[name]!
  store[name] = function (this: IDBObjectStore, ...given) {
    const request = failed(this)
    if (request) return request
    if (this.name === 'message' && (name === 'put' || name === 'add')) remember(this.transaction, given[0])
    return original.apply(this, given)
  }
}

function remember(tx: IDBTransaction, row: unknown): void {
  const rows = pending.get(tx)
  if (rows) return void rows.push(JSON.stringify(row))
  pending.set(tx, [JSON.stringify(row)])
  tx.addEventListener('complete', () => {
    for (const each of pending.get(tx) ?? []) running.durable.add(each)
  })
}

/** Begins a run: counts from 0; `fired` is told when the fault comes. */
export function breakDisk(fault: Fault | null, fired: () => void): void {
  Object.assign(running, { fault, writes: 0, isBroken: false, fired })
  running.durable.clear()
}

/** There is space again. */
export function healDisk(): void {
  running.isBroken = false
}

/** Writes asked for since the run began. */
export function writesSoFar(): number {
  return running.writes
}

/** Whether a message whose row contains this was ever committed. */
export function isDurable(text: string): boolean {
  for (const row of running.durable) if (row.includes(text)) return true
  return false
}
