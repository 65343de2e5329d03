// Runs the laboratory: brings Prosody, ejabberd, Chromium and a build, measures, prints a table of figures.
//   npm run lab                 everything
//   npm run lab -- cuts         one of: cuts, catch-up, reload, typing, takeover, ejabberd, snippets, tls
//   npm run lab -- engine       the engine without a browser: cut, killed, offline; the same as in npm test
//   npm run lab -- engine --size full      for hours
//   SEED=7 npm run lab -- cuts  another schedule of cuts
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensurePackages, ensureSystem } from './apt.mjs'
import { ensureBuild } from './build.mjs'
import { runPlaywright } from './playwright.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const all = process.argv.slice(2)
const size = all.includes('--size') ? (all[all.indexOf('--size') + 1] ?? '') : 'gate'
if (size !== 'gate' && size !== 'full') {
  console.error('--size takes gate or full')
  process.exit(2)
}
const names = all.filter((arg, at) => !arg.startsWith('-') && all[at - 1] !== '--size')
const options = all.filter((arg) => arg.startsWith('-') && arg !== '--no-build' && arg !== '--size')
await ensurePackages()
if (names.length === 0 || names.includes('engine')) await runEngine()
if (names.length === 1 && names[0] === 'engine') process.exit()
const found = await ensureSystem(['prosody', 'chromium', 'ejabberd'])
if (!found.prosody || !found.chromium) {
  console.error('The laboratory cannot run without Prosody and Chromium.')
  process.exit(1)
}
if (!all.includes('--no-build')) await ensureBuild()

const figures = join(root, 'test-results', 'figures.jsonl')
rmSync(figures, { force: true })
const files = names.filter((name) => name !== 'engine').map((name) => `tests/lab/${name}.spec.ts`)
const code = await runPlaywright(['test', '-c', 'tests/lab/playwright.config.ts', ...options, ...files], {
  ...process.env,
  CHROMIUM: found.chromium,
  FIGURES: figures,
})
if (existsSync(figures)) print(readFileSync(figures, 'utf8'))
process.exitCode ||= code

/** The engine's own part, on Prosody alone. */
async function runEngine() {
  const { prosody } = await ensureSystem(['prosody'])
  if (!prosody) {
    console.error('The laboratory cannot run without Prosody.')
    process.exit(1)
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const run = spawnSync(process.execPath, [vitest, 'run', '--project=lab', '--no-file-parallelism'], {
    stdio: 'inherit',
    env: { ...process.env, LAB_SIZE: size },
  })
  process.exitCode = run.status ?? 1
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
