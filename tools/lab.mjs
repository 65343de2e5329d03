// Runs the laboratory: brings Prosody, ejabberd, Chromium and a build, measures, prints a table of figures.
//   npm run lab                 everything
//   npm run lab -- cuts         one of: cuts, catch-up, reload, typing, takeover, ejabberd, snippets, tls
//   SEED=7 npm run lab -- cuts  another schedule of cuts
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensurePackages, ensureSystem } from './apt.mjs'
import { ensureBuild } from './build.mjs'
import { runPlaywright } from './playwright.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const all = process.argv.slice(2)
const names = all.filter((arg) => !arg.startsWith('-'))
const options = all.filter((arg) => arg.startsWith('-') && arg !== '--no-build')
await ensurePackages()
const found = await ensureSystem(['prosody', 'chromium', 'ejabberd'])
if (!found.prosody || !found.chromium) {
  console.error('The laboratory cannot run without Prosody and Chromium.')
  process.exit(1)
}
if (!all.includes('--no-build')) await ensureBuild()

const figures = join(root, 'test-results', 'figures.jsonl')
rmSync(figures, { force: true })
const files = names.map((name) => `tests/lab/${name}.spec.ts`)
process.exitCode = await runPlaywright(['test', '-c', 'tests/lab/playwright.config.ts', ...options, ...files], {
  ...process.env,
  CHROMIUM: found.chromium,
  FIGURES: figures,
})
if (existsSync(figures)) print(readFileSync(figures, 'utf8'))

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
