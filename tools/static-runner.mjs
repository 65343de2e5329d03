// Runs commands for test.mjs: several at once, with a time limit, their output kept in .test/log, their tests counted.
// Node built-ins only.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {import('./static-stages.mjs').Check} Check */
/** @typedef {{ name: string, passed: number, failed: number, skipped: number, seconds: number, log: string }} Outcome */

const logs = '.test/log'
const tailLines = 60
const graceSeconds = 15
/** Process groups that run now. @type {Set<number>} */
const running = new Set()

/** Ends what was started here, and nothing else. */
export function endRunning() {
  for (const pid of running) signalGroup(pid, 'SIGTERM')
}

/**
 * Ends a group that takes too long. It is asked first: a test runner has browsers and servers of its own to end.
 * @param {number} pid of the group's first process
 */
function end(pid) {
  signalGroup(pid, 'SIGTERM')
  setTimeout(() => running.has(pid) && signalGroup(pid, 'SIGKILL'), graceSeconds * 1000).unref()
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch {
    running.delete(pid)
  }
}

/**
 * Runs checks, at most `atOnce` at a time, and says how each went as soon as it ended.
 * @param {Check[]} checks
 * @param {{ atOnce: number, limitSeconds: number }} how limit: for each command; it fails when it takes longer
 * @returns {Promise<Outcome[]>} in the order of the checks
 */
export async function runChecks(checks, { atOnce, limitSeconds }) {
  /** @type {Outcome[]} */
  const outcomes = []
  let next = 0
  const lane = async () => {
    while (next < checks.length) {
      const index = next++
      const check = /** @type {Check} */ (checks[index])
      const outcome = await runCheck(check, limitSeconds)
      outcomes[index] = outcome
      say(outcome)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return outcomes
}

/** @param {Check} check @param {number} limitSeconds @returns {Promise<Outcome>} */
async function runCheck(check, limitSeconds) {
  mkdirSync(logs, { recursive: true })
  const log = join(logs, `${check.name.replace(/\W+/g, '-')}.log`)
  if (check.results) {
    mkdirSync(join(check.results, '..'), { recursive: true })
    rmSync(check.results, { force: true })
  }
  const started = Date.now()
  const succeeded = await runCommand(check, log, limitSeconds)
  const counts =
    check.results && check.runner ? readCounts(check.results, check.runner) : { passed: 1, failed: 0, skipped: 0 }
  if (!succeeded && counts.failed === 0) {
    // The command failed although no test did: that is one failure more, and a lone check did not pass.
    counts.failed = 1
    if (!check.results) counts.passed = 0
  }
  return { name: check.name, ...counts, seconds: (Date.now() - started) / 1000, log }
}

/** @param {Check} check @param {string} log @param {number} limitSeconds @returns {Promise<boolean>} it exited with 0 */
function runCommand({ command, results }, log, limitSeconds) {
  const [program = '', ...rest] = command
  const path = program.includes('/') || program.includes('\\') ? program : join('node_modules', '.bin', program)
  const env = {
    ...process.env,
    FORCE_COLOR: '0',
    NO_COLOR: '1',
    ...(results && { E2E_RESULT: results }),
  }
  return new Promise((done) => {
    const file = createWriteStream(log)
    const child = spawn(path, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env })
    const pid = child.pid
    if (pid) running.add(pid)
    child.stdout.pipe(file, { end: false })
    child.stderr.pipe(file, { end: false })
    const limit = setTimeout(() => {
      file.write(`\nended: took more than ${Math.round(limitSeconds)} s\n`)
      if (pid) end(pid)
    }, limitSeconds * 1000)
    let isFinished = false
    /** @param {boolean} succeeded @param {string} [words] */
    const finish = (succeeded, words = '') => {
      // A program that cannot be started gives an error and then closes as well.
      if (isFinished) return
      isFinished = true
      clearTimeout(limit)
      if (pid) running.delete(pid)
      file.end(words, () => done(succeeded))
    }
    child.on('error', (cause) => finish(false, `${cause.message}\n`))
    child.on('close', (code, signal) => finish(code === 0, signal ? `\nended by ${signal}\n` : ''))
  })
}

/**
 * @param {string} file
 * @param {'vitest' | 'playwright'} runner
 * @returns {{ passed: number, failed: number, skipped: number }} all 0 when there is no such file
 */
function readCounts(file, runner) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    return runner === 'vitest' ? countVitest(report) : countPlaywright(report)
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

/** @param {any} report of Vitest's json reporter */
export function countVitest(report) {
  // A file that cannot even be loaded has no tests, and is one failure.
  const broken = report.testResults.filter(
    (/** @type {any} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ one) => one.status === 'failed'),
  ).length
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  }
}

/** @param {any} report of Playwright's json reporter */
export function countPlaywright({ stats, errors }) {
  // What only passes on the second try is a race that somebody will meet.
  const failed = stats.unexpected + stats.flaky
  return { passed: stats.expected, failed: failed + (failed === 0 ? (errors?.length ?? 0) : 0), skipped: stats.skipped }
}

/** @param {Outcome} outcome */
function say({ name, passed, failed, skipped, seconds, log }) {
  const counts = passed + failed > 1 || skipped > 0 ? ` ${passed} passed, ${failed} failed, ${skipped} skipped` : ''
  console.log(`${failed > 0 ? '✗' : '✓'} ${name}${counts} (${seconds.toFixed(1)} s)`)
  if (failed === 0) return
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  if (lines.length > tailLines) console.log(`  … all of it in ${log}`)
  for (const line of lines.slice(-tailLines)) console.log(`  ${line}`)
}
