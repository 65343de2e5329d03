// Runs the benchmark: brings servers, Chromium and a build, measures the product beside the floor, writes docs/performance.md.
//   npm run bench                                all of tests/bench
//   npm run bench -- typing open                 some of it: files of tests/bench without their ending
//   npm run bench -- --runs 9                    how often each of the two does it; default 5
//   npm run bench -- --stored 1000,100000        how many messages lie in the database, for what must not depend on it
//   BENCH_PROFILE=folder npm run bench -- live   leaves profiles of the processor there, for the developer tools
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensurePackages, ensureSystem } from './apt.mjs'
import { ensureBuild } from './build.mjs'
import { runPlaywright } from './playwright.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const args = process.argv.slice(2)
const valued = ['--runs', '--stored']
/** @param {string} name @param {string} usual */
const option = (name, usual) => (args.includes(name) ? (args[args.indexOf(name) + 1] ?? '') : usual)
const names = args.filter((arg, at) => !arg.startsWith('-') && !valued.includes(args[at - 1] ?? ''))
const files = names.map((name) => `tests/bench/${name}.spec.ts`)
const lacking = files.filter((file) => !existsSync(file))
const runs = option('--runs', '5')
const stored = option('--stored', '1000,10000,100000')
if (lacking.length > 0) fail(`there is no ${lacking.join(' or ')}`)
if (!/^[1-9]\d*$/.test(runs)) fail('--runs takes a number')
if (!/^\d+(,\d+)*$/.test(stored)) fail('--stored takes numbers with commas between them')

await ensurePackages()
const found = await ensureSystem(['prosody', 'chromium'])
if (!found.prosody || !found.chromium) fail('The benchmark cannot run without Prosody and Chromium.')
if (!args.includes('--no-build')) await ensureBuild()
const results = join(root, 'test-results', `bench-${process.pid}.jsonl`)
mkdirSync(join(root, 'test-results'), { recursive: true })
const env = { ...process.env, CHROMIUM: found.chromium, BENCH_RUNS: runs, BENCH_STORED: stored, BENCH_RESULTS: results }
const code = await runPlaywright(['test', '-c', 'tests/bench/playwright.config.ts', ...files], env)
if (existsSync(results)) {
  spawnSync(process.execPath, ['tools/performance.mjs', '--merge', results], { stdio: 'inherit' })
  rmSync(results)
}
process.exitCode = code

/** @param {string} words @returns {never} */
function fail(words) {
  console.error(words)
  process.exit(2)
}
