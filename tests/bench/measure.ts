// What a benchmark says at its end: one line of JSON a measure, from which tools/performance.mjs makes docs/performance.md.
import { appendFileSync } from 'node:fs'

/** How often each of the two pages does it. */
export const runs = Number(process.env['BENCH_RUNS'] ?? 5)

/** How many messages lie in the database, for what must not depend on it. */
export const storedCounts = (process.env['BENCH_STORED'] ?? '1000,10000,100000').split(',').map(Number)

/** One thing done several times by the product and by the floor, in turns. */
export interface Measure {
  /** File of tests/bench, without its ending. */
  bench: string
  /** What was done, the same words in each run of the benchmark. */
  what: string
  unit: 'ms' | 'bytes' | 'requests'
  /** In the order of the runs. */
  product: readonly number[]
  /** In the order of the runs; null: no page does less. */
  floor: readonly number[] | null
  /** Most that the ratio of the medians should be; null: no goal. */
  goal: number | null
  /** ms of main-thread tasks over 50 ms, of all runs. */
  tasks?: { product: readonly number[]; floor: readonly number[] }
  /** Bytes of the JavaScript heap after it, collected. */
  heap?: { product: readonly number[]; floor: readonly number[] }
  /** Messages that lay in the database. */
  stored?: number
}

/** Says it. */
export function measured(measure: Measure): void {
  const line = JSON.stringify(measure)
  console.log(line)
  const file = process.env['BENCH_RESULTS']
  if (file) appendFileSync(file, `${line}\n`)
}

/** Samples of one of the two. */
export interface Samples {
  times: number[]
  /** ms of tasks over 50 ms. */
  tasks: number[]
  /** Bytes. */
  heap: number[]
}

export interface Pairs {
  readonly product: Samples
  readonly floor: Samples
}

export function samples(): Pairs {
  const empty = (): Samples => ({ times: [], tasks: [], heap: [] })
  return { product: empty(), floor: empty() }
}

/** Says what both took, in ms. */
export function compared(what: Pick<Measure, 'bench' | 'what' | 'goal' | 'stored'>, { product, floor }: Pairs): void {
  measured({
    ...what,
    unit: 'ms',
    product: product.times,
    floor: floor.times,
    tasks: { product: product.tasks, floor: floor.tasks },
    heap: { product: product.heap, floor: floor.heap },
  })
}
