// Runs the laboratory: brings servers, browsers and a build, measures, prints a table of figures.
//   npm run lab                          everything in tests/lab
//   npm run lab -- cuts                  one run: a file of tests/lab without its ending, e.g. cuts, takeover, engine/kills
//   npm run lab -- R5                    the runs of one claim of tests/lab/claims.json
//   npm run lab -- engine                all that need no browser; in its small size a part of npm test
//   npm run lab -- R1 --size full        full size; what was seen goes into docs/reliability.md
//   SEED=7 npm run lab -- cuts           another schedule
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensurePackages, ensureSystem } from './apt.mjs'
import { ensureBuild } from './build.mjs'
import { runPlaywright } from './playwright.mjs'
import { claims } from './reliability.mjs'
import { filesBelow } from './static-files.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const all = process.argv.slice(2)
const size = all.includes('--size') ? (all[all.indexOf('--size') + 1] ?? '') : 'gate'
if (size !== 'gate' && size !== 'full') fail('--size takes gate or full')
const names = all.filter((arg, at) => !arg.startsWith('-') && all[at - 1] !== '--size')
const options = all.filter((arg) => arg.startsWith('-') && arg !== '--no-build' && arg !== '--size')
const { plain, inBrowser } = chosen()
const figures = join(root, 'test-results', 'figures.jsonl')
const results = join(root, 'test-results', `results-${process.pid}.jsonl`)
const env = { ...process.env, LAB_SIZE: size, LAB_RESULTS: results, FIGURES: figures }

await ensurePackages()
let code = 0
if (plain.length > 0) code ||= await runPlain()
if (inBrowser.length > 0) code ||= await runInBrowser()
if (existsSync(results)) {
  spawnSync(process.execPath, ['tools/reliability.mjs', '--merge', results], { stdio: 'inherit' })
  rmSync(results)
}
process.exitCode = code

/** The files that the names mean: all without names. */
function chosen() {
  const files = filesBelow('tests/lab', /\.(lab|spec)\.ts$/)
  const wanted = names.flatMap((name) => claims.find(({ id }) => id.toLowerCase() === name.toLowerCase())?.runs ?? name)
  const isCalled = (/** @type {string} */ file, /** @type {string} */ name) =>
    name === 'engine' ? file.endsWith('.lab.ts') : file.replace(/\.(lab|spec)\.ts$/, '') === `tests/lab/${name}`
  const meant = files.filter((file) => names.length === 0 || wanted.some((name) => isCalled(file, name)))
  // Also a single one of several, or a claim's: what is left out in silence seems to have held.
  const missing = wanted.filter((name) => !files.some((file) => isCalled(file, name)))
  if (missing.length > 0 || meant.length === 0)
    fail(`nothing in tests/lab is called ${(missing.length > 0 ? missing : names).join(' or ')}`)
  return {
    plain: meant.filter((file) => file.endsWith('.lab.ts')),
    inBrowser: meant.filter((file) => file.endsWith('.spec.ts')),
  }
}

/** @returns {Promise<number>} exit code */
async function runPlain() {
  const { prosody, ejabberd } = await ensureSystem(['prosody', 'ejabberd'])
  if (!prosody || !ejabberd) fail('The laboratory cannot run without Prosody and ejabberd.')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const run = spawnSync(process.execPath, [vitest, 'run', '--project=lab', '--no-file-parallelism', ...plain], {
    stdio: 'inherit',
    env,
  })
  return run.status ?? 1
}

/** @returns {Promise<number>} exit code */
async function runInBrowser() {
  const found = await ensureSystem(['prosody', 'chromium', 'firefox', 'ejabberd'])
  if (!found.prosody || !found.chromium) fail('The laboratory cannot run without Prosody and Chromium.')
  if (!all.includes('--no-build')) await ensureBuild()
  rmSync(figures, { force: true })
  const browsers = { CHROMIUM: found.chromium, ...(found.firefox ? { FIREFOX: found.firefox } : {}) }
  const args = ['test', '-c', 'tests/lab/playwright.config.ts', ...options, ...inBrowser]
  const code = await runPlaywright(args, { ...env, ...browsers })
  if (existsSync(figures)) print(readFileSync(figures, 'utf8'))
  return code
}

/** @param {string} text one JSON object a line: `{ what, value, bar }` */
function print(text) {
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const width = Math.max(...rows.map(({ what }) => what.length))
  console.log('')
  for (const { what, value, bar } of rows) console.log(`${what.padEnd(width)}  ${value}  (bar: ${bar})`)
}

/** @param {string} words @returns {never} */
function fail(words) {
  console.error(words)
  process.exit(2)
}
