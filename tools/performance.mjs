// Keeps what runs of the benchmark measured (tests/bench/results.json) and writes docs/performance.md from it.
//   node tools/performance.mjs                 writes the document
//   node tools/performance.mjs --merge FILE    takes in the lines that tests/bench/measure.ts left there, then writes
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { versionsOf } from './reliability.mjs'

/** @typedef {import('../tests/bench/measure.ts').Measure} Measure */
/** @typedef {Measure & { on: string, date: string }} Row */

const page = 'docs/performance.md'
const data = 'tests/bench/results.json'

/** @returns {Row[]} */
const rows = () => (existsSync(data) ? JSON.parse(readFileSync(data, 'utf8')) : [])

/** A measure replaces the one of the same words and size. @param {string} file JSON lines of measure.ts */
function merge(file) {
  const date = new Date().toISOString().slice(0, 10)
  const programs = Object.entries(versionsOf(['chromium', 'prosody'])).map(([name, version]) => `${name} ${version}`)
  const on = `${cpus().length} cores, ${programs.join(', ')}`
  let all = rows()
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    /** @type {Measure} */
    const measure = JSON.parse(line)
    all = all.filter(({ what, stored }) => what !== measure.what || stored !== measure.stored)
    all.push({ ...measure, on, date })
  }
  all.sort(
    (a, b) =>
      a.bench.localeCompare(b.bench, 'en') || a.what.localeCompare(b.what, 'en') || (a.stored ?? 0) - (b.stored ?? 0),
  )
  writeFileSync(
    data,
    `${JSON.stringify(all, (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value))}\n`,
  )
}

function render() {
  const all = rows()
  const head = `# Performance

Written by \`npm run bench\`. Product and *floor* take turns in one run; each figure is a median with its range, and what counts is their ratio:
milliseconds belong to the machine. The floor is a page on the same origin, under the same policy, that does the same raw work and nothing else: one
WebSocket to the same server, DOMParser, one IndexedDB transaction for what comes together, one element with one text node for each message. It keeps
as many index entries a message as the product does. Scrolling back, it keeps what is read in its place. \`tests/bench/floor\` is all of it. A time ends a task after the frame in which the wanted text was drawn;
measuring reads no layout. Tasks over 50 ms are counted while the time runs; heaps after collecting.
`
  if (all.length === 0) return `${head}\nNot measured yet.\n`
  const table = [
    '| what | stored | product | floor | ratio | goal | tasks > 50 ms (floor) | heap MB (floor) |',
    '|---|---|---|---|---|---|---|---|',
    ...all.map(rowOf),
  ]
  const on = [...new Set(all.map((row) => `${row.on}, ${row.date}`))]
  return [head, ...table, '', 'Measured on:', '', ...on.map((each) => `- ${each}`), ''].join('\n')
}

/** @param {Row} row */
function rowOf({ what, stored, unit, product, floor, goal, tasks, heap }) {
  const ratio = floor === null ? null : median(product) / median(floor)
  const isBad = ratio !== null && goal !== null && ratio > goal
  const shown = ratio === null ? '' : isBad ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2)
  const cells = [
    what,
    stored === undefined ? '' : figure(stored),
    spread(product, unit),
    floor === null ? '' : spread(floor, unit),
    shown,
    goal === null ? '' : `≤ ${goal}`,
    tasks === undefined ? '' : `${tasksOf(tasks.product)} (${tasksOf(tasks.floor)})`,
    heap === undefined ? '' : `${megabytes(heap.product)} (${megabytes(heap.floor)})`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** @param {readonly number[]} values @param {string} unit */
function spread(values, unit) {
  const isSame = Math.min(...values) === Math.max(...values)
  const range = isSame ? '' : ` (${figure(Math.min(...values))} to ${figure(Math.max(...values))})`
  return `${figure(median(values))}${unit === 'ms' ? ' ms' : ''}${range}`
}

/** @param {readonly number[]} lengths */
const tasksOf = (lengths) => (lengths.length === 0 ? 'none' : `${lengths.length}, longest ${Math.max(...lengths)} ms`)

/** @param {readonly number[]} bytes */
const megabytes = (bytes) => (median(bytes) / 1e6).toFixed(1)

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
}

/** @param {number} value */
const figure = (value) => value.toLocaleString('en-GB', { maximumFractionDigits: value < 100 ? 1 : 0 })

const args = process.argv.slice(2)
const at = args.indexOf('--merge')
if (at >= 0) merge(args[at + 1] ?? '')
writeFileSync(page, render())
