// `npm test`: brings what is missing, then runs everything that is checked, each stage against its budget of minutes, and ends
// with one line `N passed, N failed`. Needs nothing but Node to begin with.
//   node tools/test.mjs [--only static|unit|build|lab|e2e] [-- part of a test file's name …]
// BESEDKA_SLOW=3 triples the budgets on a slow machine. Logs of all commands: .test/log.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endRunning, runChecks } from './static-runner.mjs'
import { stages } from './static-stages.mjs'

/** @typedef {import('./static-stages.mjs').Stage} Stage */
/** @typedef {{ stage: string, passed: number, failed: number, skipped: number, seconds: number, allowed: number, words: string }} Row */

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    endRunning()
    process.exit(130)
  })
}

const { values, positionals: patterns } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true })
const slow = Number(process.env.BESEDKA_SLOW ?? 1)
if (!(slow > 0)) fail(`BESEDKA_SLOW must be a number above 0, not "${process.env.BESEDKA_SLOW}"`)
await main()

async function main() {
  const words = [...new Set(stages([], false).map((stage) => stage.only))]
  if (values.only !== undefined && !words.includes(values.only)) fail(`--only takes one of: ${words.join(', ')}`)
  const missing = await setUp(values.only)
  const { minutes } = JSON.parse(readFileSync('budgets.json', 'utf8'))
  /** @type {Row[]} */
  const rows = []
  for (const stage of stages(patterns, values.only !== undefined)) {
    if (values.only === undefined || values.only === stage.only)
      rows.push(await runStage(stage, minutes, rows, missing))
  }
  summarise(rows)
}

/**
 * Packages and programs. Not counted in any budget.
 * @param {string | undefined} only
 * @returns {Promise<string[]>} programs that end-to-end tests need and that are not there
 */
async function setUp(only) {
  const { ensurePackages, ensureSystem } = await import('./apt.mjs')
  await ensurePackages()
  // Types of the routes are made from the files; linter and compilers need them.
  const sync = spawnSync('node_modules/.bin/svelte-kit', ['sync'], { encoding: 'utf8' })
  if (sync.status !== 0) fail(`svelte-kit sync failed: ${sync.stdout ?? ''}${sync.stderr ?? sync.error}`)
  rmSync('.test/results', { recursive: true, force: true })
  if (only !== undefined && only !== 'e2e' && only !== 'lab') return []
  const found = await ensureSystem(
    only === 'lab' ? ['prosody', 'ejabberd'] : ['prosody', 'ejabberd', 'chromium', 'firefox'],
  )
  return Object.entries(found).flatMap(([name, path]) => (path === null ? [name] : []))
}

/**
 * @param {Stage} stage
 * @param {Record<string, number>} minutes
 * @param {Row[]} before rows of the stages that ran before
 * @param {string[]} missing programs
 * @returns {Promise<Row>}
 */
async function runStage(stage, minutes, before, missing) {
  const allowed = (minutes[stage.name] ?? 0) * 60 * slow
  const row = { stage: stage.name, passed: 0, failed: 0, skipped: 0, seconds: 0, allowed, words: '' }
  const broken = before.find((one) => stage.needs.includes(one.stage) && one.failed > 0)
  const needed = stage.only === 'lab' ? ['prosody', 'ejabberd'] : ['prosody', stage.name]
  const absent = missing.filter((name) => needed.includes(name))
  if (stage.checks.length === 0) return { ...row, words: 'not there yet' }
  if (broken) return { ...row, failed: 1, words: `needs ${broken.stage}` }
  if ((stage.only === 'e2e' || stage.only === 'lab') && absent.length > 0)
    return { ...row, failed: 1, words: `${absent.join(' and ')} is missing` }
  console.log(`\n${stage.name}`)
  const started = Date.now()
  // Far over the budget something hangs: it is ended, so that the run ends.
  const outcomes = await runChecks(stage.checks, { atOnce: stage.atOnce, limitSeconds: allowed * 3 })
  row.seconds = (Date.now() - started) / 1000
  for (const { passed, failed, skipped } of outcomes) {
    row.passed += passed
    row.failed += failed
    row.skipped += skipped
  }
  if (row.seconds > allowed) {
    row.failed += 1
    row.words = 'TOO SLOW'
  }
  return row
}

/** @param {Row[]} rows */
function summarise(rows) {
  console.log(
    `\n${'stage'.padEnd(10)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'s'.padStart(8)}${'of'.padStart(6)}`,
  )
  for (const { stage, passed, failed, skipped, seconds, allowed, words } of rows) {
    const numbers = `${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}`
    console.log(
      `${stage.padEnd(10)}${numbers}${seconds.toFixed(1).padStart(8)}${String(Math.round(allowed)).padStart(6)}  ${words}`,
    )
  }
  const passed = rows.reduce((sum, row) => sum + row.passed, 0)
  const failed = rows.reduce((sum, row) => sum + row.failed, 0)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
  console.log(`\n${passed} passed, ${failed} failed`)
}

/** @param {string} words @returns {never} */
function fail(words) {
  console.error(words)
  process.exit(2)
}
