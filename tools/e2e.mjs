// Runs the end-to-end tests: brings packages, Prosody and browsers, builds when needed, then Playwright.
//   node tools/e2e.mjs [--project chromium|firefox] [--no-build] [file or any Playwright option …]
//   E2E_SERVER=ejabberd node tools/e2e.mjs …   the same against another server
// Results as JSON in test-results/e2e.json (or where E2E_RESULT says).
import { fileURLToPath } from 'node:url'
import { ensurePackages, ensureSystem } from './apt.mjs'
import { ensureBuild } from './build.mjs'
import { runPlaywright } from './playwright.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

/** @param {string[]} args @returns {('chromium' | 'firefox')[]} */
function browsersFor(args) {
  const text = args.join(' ')
  const named = /** @type {const} */ (['chromium', 'firefox']).filter((name) => text.includes(`--project=${name}`))
  return named.length > 0 ? named : ['chromium', 'firefox']
}

/** @param {string[]} given */
function joinProject(given) {
  return given.flatMap((arg, at) => {
    if (given[at - 1] === '--project') return []
    return arg === '--project' ? [`--project=${given[at + 1] ?? ''}`] : [arg]
  })
}

const all = process.argv.slice(2)
// Playwright would take the files that follow `--project chromium` for more projects.
const args = joinProject(all.filter((arg) => arg !== '--no-build'))
const browsers = browsersFor(args)
await ensurePackages()
const server = process.env.E2E_SERVER === 'ejabberd' ? 'ejabberd' : 'prosody'
const found = await ensureSystem([server, ...browsers])
const lacking = [server, ...browsers].filter((name) => !found[/** @type {keyof typeof found} */ (name)])
if (lacking.length > 0) {
  console.error(`The end-to-end tests cannot run without ${lacking.join(' and ')}.`)
  process.exit(1)
}
if (!all.includes('--no-build')) await ensureBuild()

process.exitCode = await runPlaywright(
  ['test', ...args],
  {
    ...process.env,
    ...(found.chromium && { CHROMIUM: found.chromium }),
    ...(found.firefox && { FIREFOX: found.firefox }),
  },
  // With another reporter there is no such file.
  args.some((arg) => arg.startsWith('--reporter'))
    ? {}
    : { results: process.env.E2E_RESULT ?? 'test-results/e2e.json' },
)
