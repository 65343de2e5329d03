// What `npm test` runs, as a table: stages in their order, each with its commands and its budget of minutes.
// How they are run, timed and counted is in test.mjs and static-runner.mjs. Node built-ins only.
import { existsSync } from 'node:fs'
import { filesBelow } from './static-files.mjs'

/**
 * One command.
 * @typedef {object} Check
 * @property {string} name
 * @property {string[]} command program and arguments; a program without a slash is one of node_modules/.bin
 * @property {string} [results] file that a test runner writes its counts into; without it the check itself is the one test
 * @property {'vitest' | 'playwright'} [runner] whose file that is
 */
/**
 * Commands that share a budget.
 * @typedef {object} Stage
 * @property {string} name key of `minutes` in budgets.json
 * @property {string} only the word that `--only` takes
 * @property {number} atOnce how many commands run at a time
 * @property {Check[]} checks
 * @property {string[]} needs stages that must have gone well in this run
 */

export const results = '.test/results'

/** @param {string} name @param {...string} command @returns {Check} */
const check = (name, ...command) => ({ name, command })

/** @param {string} name @param {string} script @param {...string} rest @returns {Check} */
const own = (name, script, ...rest) => check(name, process.execPath, `tools/${script}.mjs`, ...rest)

/**
 * @param {string[]} patterns what stands after `--`: only tests whose file matches
 * @param {boolean} isAlone only one kind of stage runs
 * @returns {Stage[]}
 */
export function stages(patterns, isAlone) {
  return [
    {
      name: 'static',
      only: 'static',
      atOnce: 2,
      needs: [],
      checks: staticChecks(),
    },
    {
      name: 'units',
      only: 'unit',
      atOnce: 1,
      needs: [],
      checks: [vitest('units and flows', 'units', patterns, '--project=node', '--project=runes')],
    },
    {
      name: 'build',
      only: 'build',
      atOnce: 1,
      needs: [],
      checks: [check('build', 'vite', 'build'), own('bytes', 'check-budgets')],
    },
    {
      name: 'laboratory',
      only: 'lab',
      atOnce: 1,
      needs: [],
      checks: [vitest('laboratory, small size', 'laboratory', patterns, '--project=lab', '--no-file-parallelism')],
    },
    ...['chromium', 'firefox'].map((browser) => endToEnd(browser, patterns, isAlone)),
  ]
}

/** @param {string} name @param {string} file @param {string[]} patterns @param {...string} options @returns {Check} */
function vitest(name, file, patterns, ...options) {
  const json = `${results}/${file}.json`
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${json}`]
  const only = patterns.length > 0 ? ['--passWithNoTests', ...patterns] : []
  return { name, command: ['vitest', 'run', ...options, ...reporters, ...only], results: json, runner: 'vitest' }
}

/** @param {string} browser @param {string[]} patterns @param {boolean} isAlone @returns {Stage} */
function endToEnd(browser, patterns, isAlone) {
  const file = `${results}/${browser}.json`
  // The stage before has just built; alone, the command looks whether a build is needed.
  const build = isAlone ? [] : ['--no-build']
  const mayBeNone = patterns.length > 0 ? ['--pass-with-no-tests'] : []
  return {
    name: browser,
    only: 'e2e',
    atOnce: 1,
    needs: ['build'],
    checks: existsSync('tools/e2e.mjs')
      ? [
          {
            ...own(`end to end, ${browser}`, 'e2e', `--project=${browser}`, ...build, ...mayBeNone, ...patterns),
            results: file,
            runner: 'playwright',
          },
        ]
      : [],
  }
}

/** @returns {Check[]} the slow ones first, so that the quick ones fill the other core */
function staticChecks() {
  const hasWorker = filesBelow('src/service-worker', /\.ts$/).length > 0
  return [
    check('lint', 'eslint', '.', '--max-warnings', '0'),
    check(
      'types of the app',
      'svelte-check',
      '--tsconfig',
      './tsconfig.json',
      '--output',
      'human',
      '--fail-on-warnings',
    ),
    check('types of tests and tools', 'tsc', '-p', 'tsconfig.tests.json'),
    check('types of the engine', 'tsc', '-p', 'tsconfig.engine.json'),
    ...(hasWorker ? [check('types of the worker', 'tsc', '-p', 'src/service-worker')] : []),
    check('format', 'prettier', '--check', '--log-level', 'warn', '.'),
    check('unused', 'knip', '--no-progress'),
    own('cycles, layers, picture', 'diagram', '--check'),
    own('languages', 'catalogue-keys', '--check'),
    own('messages', 'check-catalogues'),
    own('habits', 'check-habits'),
    own('licences', 'check-licences'),
    own('list of XEPs', 'xeps', '--check'),
    own('table of reliability', 'reliability', '--check'),
  ]
}
