// Runs Playwright to its end and says what happened when that is no ordinary end. For e2e.mjs and lab.mjs.
import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL(join('..', 'node_modules', '@playwright', 'test', 'cli.js'), import.meta.url))
const graceMs = 10_000

/**
 * Playwright ends browsers and servers in order, and sums up, when it gets one SIGINT; two, or any other signal, kill it on
 * the spot. So it runs in a process group of its own, where Ctrl-C does not reach it, and is told once by us.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {{ results?: string, script?: string, say?: (words: string) => void }} [options] results: the file it writes at
 *   its end, if it does; script: another program in its place
 * @returns {Promise<number>} exit code
 */
export function runPlaywright(args, env, { results, script = cli, say = console.error } = {}) {
  if (results) rmSync(results, { force: true })
  const run = spawn(process.execPath, [script, ...args], { stdio: 'inherit', env, detached: true })
  /** @type {NodeJS.Timeout | undefined} */
  let patience
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    if (patience) return endGroup(run.pid)
    say(`\nTold to stop by ${signal}; ending browsers and servers …`)
    patience = setTimeout(() => endGroup(run.pid), graceMs)
    run.kill('SIGINT')
  }
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of signals) process.on(signal, stop)
  return new Promise((resolve) => {
    /** @param {number} code @param {string | null} words */
    const finish = (code, words) => {
      clearTimeout(patience)
      for (const signal of signals) process.off(signal, stop)
      if (words) say(words)
      resolve(code)
    }
    run.once('error', (cause) => finish(1, `Playwright could not be started: ${cause.message}`))
    run.once('exit', (code, signal) => {
      if (signal) return finish(128 + constants.signals[signal], wordsFor(signal))
      const isSilent = code !== 0 && results !== undefined && !existsSync(results)
      finish(code ?? 1, isSilent ? `Playwright ended with code ${code} and wrote no results: not all tests ran.` : null)
    })
  })
}

/** @param {NodeJS.Signals} signal */
function wordsFor(signal) {
  const cause = signal === 'SIGKILL' ? ', by hand or for want of memory' : ''
  return `Playwright was ended by ${signal}${cause}: not all tests ran, and there is no summary.`
}

/** @param {number | undefined} pid of its first process */
function endGroup(pid) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
