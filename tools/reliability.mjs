// Keeps what full-size runs of the laboratory saw (tests/lab/results, one file a claim) and writes docs/reliability.md from it.
//   node tools/reliability.mjs                 writes the document
//   node tools/reliability.mjs --check         fails when it is out of date, or a claim names a run that is not there
//   node tools/reliability.mjs --merge FILE    takes in the lines that tests/lab/report.ts left there, then writes
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** @typedef {{ id: string, claim: string, bar: string, runs: string[] }} Claim */
/** @typedef {{ case: string, held: boolean, seed: number, counts: Record<string, number | string>, seconds: number, versions: Record<string, string>, date: string }} Row */

const page = 'docs/reliability.md'
/** @type {Claim[]} */
export const claims = JSON.parse(readFileSync(new URL('../tests/lab/claims.json', import.meta.url), 'utf8'))

/** @param {string[]} args */
function main(args) {
  const at = args.indexOf('--merge')
  if (at >= 0) merge(args[at + 1] ?? '')
  const text = render()
  const isFresh = existsSync(page) && readFileSync(page, 'utf8') === text
  if (!args.includes('--check')) writeFileSync(page, text)
  else if (!isFresh) {
    console.error(`${page} is out of date: node tools/reliability.mjs`)
    process.exitCode = 1
  }
  for (const run of claims.flatMap(({ runs }) => runs).filter((name) => !isRun(name))) {
    console.error(`tests/lab/claims.json names a run that is not there: ${run}`)
    process.exitCode = 1
  }
}

/** @param {string} name */
const isRun = (name) => ['lab', 'spec'].some((kind) => existsSync(`tests/lab/${name}.${kind}.ts`))

/** Takes in the rows of a run; a row replaces the one of the same case. @param {string} file JSON lines of report.ts */
export function merge(file) {
  if (!existsSync(file)) return
  const date = new Date().toISOString().slice(0, 10)
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { claim, size, on, ...outcome } = JSON.parse(line)
    if (size !== 'full') continue
    const rows = rowsOf(claim).filter((row) => row.case !== outcome.case)
    rows.push({ ...outcome, seconds: Math.round(outcome.seconds), versions: versionsOf(on), date })
    mkdirSync(new URL('.', pathToFileURL(fileOf(claim))), { recursive: true })
    rows.sort((a, b) => a.case.localeCompare(b.case, 'en'))
    writeFileSync(fileOf(claim), `${JSON.stringify(rows, null, 2)}\n`)
  }
}

/** @param {string} claim */
const fileOf = (claim) => `tests/lab/results/${claim}.json`

/** @param {string} claim @returns {Row[]} */
function rowsOf(claim) {
  return existsSync(fileOf(claim)) ? JSON.parse(readFileSync(fileOf(claim), 'utf8')) : []
}

/** Of programs as Debian has packed them, and of Node. @param {string[]} programs @returns {Record<string, string>} */
export function versionsOf(programs) {
  /** @type {Record<string, string>} */
  const versions = { node: process.versions.node }
  for (const program of programs) {
    const name = program === 'firefox' ? 'firefox-esr' : program
    const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' })
    versions[program] = /^(?:\d+:)?([\d.]+)/.exec(stdout ?? '')?.[1] ?? 'unknown'
  }
  return versions
}

function render() {
  const head = `# Reliability

Written by \`npm run lab -- --size full\`: each row is one run as it was seen, also where it did not hold. The bars are those of
\`tests/lab/claims.json\`; \`npm test\` runs those that need no browser in a small size, and a few of the others end to end.
To run one again: \`SEED=<seed> npm run lab -- <claim> --size full\`.
`
  return [head, ...claims.map(section)].join('\n')
}

/** @param {Claim} claim */
function section({ id, claim, bar, runs }) {
  const rows = rowsOf(id)
  const title = `## ${id === 'confluence' ? claim : `${id}: ${claim}`}\n\nBar: ${bar}.\n`
  if (runs.length === 0)
    return `${title}\nHeld in every end-to-end test by \`tests/e2e/watch.ts\`: a breach fails the test it happens in.\n`
  if (rows.length === 0) return `${title}\nNot run in full size yet.\n`
  const lines = rows.map(({ case: name, held, counts, seed, seconds, versions, date }) => {
    const seen = Object.entries(counts).map(([what, value]) => `${what} ${figure(value)}`)
    const on = Object.entries(versions).map(([program, version]) => `${program} ${version}`)
    return `| ${name} | ${held ? 'yes' : '**no**'} | ${seen.join(', ')} | ${seed} | ${figure(seconds)} s | ${on.join(', ')} | ${date} |`
  })
  return `${title}\n| case | held | seen | seed | took | on | date |\n|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}

/** @param {number | string} value */
const figure = (value) => (typeof value === 'number' ? value.toLocaleString('en-GB') : value)

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2))
