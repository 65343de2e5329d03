// Starts and stops a Prosody of our own. What it is like is decided in config.mjs; orders to it are in control.mjs.
import { spawn, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findProgram } from '../apt.mjs'
import { freePort, hasIpv6, isFree } from '../ports.mjs'
import { prosodyConfig } from './config.mjs'
import { Control } from './control.mjs'

/** @typedef {import('./config.mjs').ServerShape} ServerShape */

const startTimeout = 20_000
const stopTimeout = 5_000

/**
 * Starts a Prosody in a folder of its own. The folder keeps accounts and archives; starting again continues with them.
 * @param {ServerShape & { dir: string, httpPort?: number, fresh?: boolean }} options fresh: forget what the folder holds
 * @throws {Error} with the end of its log when it does not come up, or when no Prosody is installed
 */
export async function startProsody(options) {
  const program = findProgram('prosody')
  if (!program) throw new Error('Prosody is not installed')
  const dir = resolve(options.dir)
  await stopLeftover(dir)
  if (options.fresh) rmSync(dir, { recursive: true, force: true })
  for (const folder of ['data', 'certs']) mkdirSync(join(dir, folder), { recursive: true })
  const server = new Prosody(program, dir, options, options.httpPort ?? (await freePort()))
  await server.start()
  return server
}

/** A running Prosody. Made by startProsody. */
export class Prosody extends Control {
  #program
  #options
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null

  /**
   * @param {string} program
   * @param {string} dir
   * @param {ServerShape} options
   * @param {number} httpPort
   */
  constructor(program, dir, options, httpPort) {
    super({ httpPort, token: randomBytes(24).toString('base64url') })
    this.#program = program
    this.#options = options
    this.dir = dir
  }

  get pid() {
    return this.#child?.pid ?? null
  }

  /** Starts it with the same folder, port and accounts as before. */
  async start() {
    if (this.#child) return
    if (!(await isFree(this.httpPort))) throw new Error(`port ${this.httpPort} is taken`)
    const { dir, httpPort, token } = this
    const file = join(dir, 'prosody.cfg.lua')
    const sql = hasSqlite(this.#program)
    const ipv6 = await hasIpv6()
    const text = prosodyConfig({ ...this.#options, dir, httpPort, token, sql, ipv6 })
    writeFileSync(file, text, { mode: 0o600 })
    // A process group of its own: Ctrl-C in a terminal reaches us alone, and we stop it in order.
    const child = spawn(this.#program, ['-F', '--config', file], { detached: true, stdio: 'ignore' })
    this.#child = child
    child.once('exit', () => {
      if (this.#child === child) this.#child = null
    })
    await this.#answers()
  }

  /** Stops it in order: streams are closed, sessions end. */
  async stop() {
    await this.#end('SIGTERM')
  }

  /** The process dies at once, as in a crash. Nothing is closed; what was stored stays. */
  async kill9() {
    await this.#end('SIGKILL')
  }

  /** Stops and starts again; sessions are lost, accounts and archives stay. @param {ServerShape} [changes] */
  async restart(changes = {}) {
    await this.stop()
    this.#options = { ...this.#options, ...changes }
    await this.start()
  }

  /** The end of its log, for messages of failure. */
  log(lines = 20) {
    const file = join(this.dir, 'prosody.log')
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : ''
  }

  async #answers() {
    const until = Date.now() + startTimeout
    for (;;) {
      if (!this.#child) throw new Error(`Prosody ended at once:\n${this.log()}`)
      try {
        if ((await this.order('ping', {})).pid === this.#child.pid) return
      } catch {
        // Not listening yet; the time limit below decides.
      }
      if (Date.now() > until) {
        await this.kill9()
        throw new Error(`Prosody does not answer:\n${this.log()}`)
      }
      await pause(50)
    }
  }

  /** @param {'SIGTERM' | 'SIGKILL'} signal */
  async #end(signal) {
    const child = this.#child
    if (!child) return
    const gone = new Promise((resolve) => child.once('exit', () => resolve(true)))
    child.kill(signal)
    if ((await Promise.race([gone, pause(stopTimeout)])) !== true) {
      child.kill('SIGKILL')
      await gone
    }
  }
}

/**
 * Ends a Prosody that an earlier, killed run of ours left in this folder.
 * @param {string} dir
 * @throws {Error} when the run that started it is still there
 */
async function stopLeftover(dir) {
  const file = join(dir, 'prosody.pid')
  const configuration = join(dir, 'prosody.cfg.lua')
  if (!existsSync(file) || !existsSync(configuration)) return
  const pid = Number(readFileSync(file, 'utf8'))
  // Process ids are given again: only one that runs with this very configuration is ours.
  const isOurs = () => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(configuration)
    } catch {
      return false
    }
  }
  const owner = Number(/^besedka_owner_pid = (\d+)$/m.exec(readFileSync(configuration, 'utf8'))?.[1])
  if (isOurs() && owner !== process.pid && existsSync(`/proc/${owner}`))
    throw new Error(`${dir} is in use by process ${owner}, which must be stopped first.`)
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    if (isOurs()) process.kill(pid, signal)
    for (let turn = 0; turn < 60 && isOurs(); turn++) await pause(50)
  }
}

/** Whether the Lua that runs this Prosody can open SQLite. Without it Prosody's own files do, more slowly. @param {string} program */
function hasSqlite(program) {
  const [first = ''] = readFileSync(realpathSync(program), 'utf8').split('\n', 1)
  const lua = first.replace(/^#!\s*(\/usr\/bin\/env\s+)?/, '').trim()
  try {
    execFileSync(lua, ['-e', `assert(require "DBI".Connect("SQLite3", ":memory:"))`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** @param {number} ms @returns {Promise<null>} */
function pause(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms))
}
