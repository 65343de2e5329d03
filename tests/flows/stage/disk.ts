/** What tests need of the fake IndexedDB: to know when nothing is going on, and to let it refuse. */
import 'fake-indexeddb/auto'

let open = 0
let refusal: string | null = null
let spared: readonly string[] = []
let isPoison: (row: string) => boolean = () => false

const database = IDBDatabase.prototype
const transaction = database.transaction
database.transaction = function (...given: Parameters<typeof transaction>) {
  const tx = transaction.apply(this, given)
  open++
  const end = (): void => void open--
  tx.addEventListener('complete', end)
  tx.addEventListener('abort', end)
  return tx
}

for (const name of ['put', 'add'] as const) {
  const store = IDBObjectStore.prototype
  const original = store[name]
  store[name] = function (...given: Parameters<typeof original>) {
    if (refusal !== null && !spared.includes(this.name)) throw new DOMException('no space', refusal)
    if (this.name === 'message' && isPoison(JSON.stringify(given[0]))) throw new DOMException('no row', 'DataError')
    return original.apply(this, given)
  }
}

/** Messages whose row, as JSON, is like this can never be stored; null: every row can. */
export function refuseRows(like: RegExp | null): void {
  isPoison = (row) => like?.test(row) ?? false
}

/** Every write throws this DOMException from now on, but for these stores; null: writing works again. */
export function refuseWrites(
  name: 'QuotaExceededError' | 'UnknownError' | null,
  stores: readonly string[] = ['request'],
): void {
  refusal = name
  spared = stores
}

/** Waits until no transaction has been open for a while; what only waits for the clock is left waiting. */
export async function settle(): Promise<void> {
  let quiet = 0
  for (let turn = 0; quiet < 12; turn++) {
    if (turn > 100_000) throw new Error('nothing comes to rest')
    await new Promise((done) => setImmediate(done))
    quiet = open === 0 ? quiet + 1 : 0
  }
}
