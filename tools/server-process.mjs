// Starts and stops an XMPP server of our own as a process in a folder of its own. Which program that is, and what it is
// like, say tools/prosody/server.mjs and tools/ejabberd/server.mjs; orders to it are in prosody/control.mjs.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort, hasIpv6, isFree } from './ports.mjs'
import { Control } from './prosody/control.mjs'

/** @typedef {import('./prosody/config.mjs').ServerShape} ServerShape */
/** @typedef {ServerShape & { dir: string, httpPort?: number, fresh?: boolean }} StartOptions fresh: forget what the folder holds */

/**
 * What a configuration needs besides the shape.
 * @typedef {ServerShape & { dir: string, httpPort: number, token: string, ipv6: boolean }} Placed
 */

/**
 * One kind of server.
 * @typedef {object} Kind
 * @property {string} name for messages
 * @property {string} log file name of its log
 * @property {(placed: Placed) => { program: string, args: string[], env?: Record<string, string> }} prepare
 *   writes what it reads and says how it is run; its command line names the folder
 */

const startTimeout = 30_000
const stopTimeout = 5_000
const note = 'process.json'

/** A server of ours that runs. */
export class ServerProcess extends Control {
  #kind
  #options
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null

  /**
   * @param {Kind} kind
   * @param {string} dir
   * @param {ServerShape} options
   * @param {number} httpPort
   */
  constructor(kind, dir, options, httpPort) {
    super({ httpPort, token: randomBytes(24).toString('base64url') })
    this.#kind = kind
    this.#options = options
    this.dir = dir
  }

  /**
   * Starts a server in its folder, which keeps accounts and archives; starting again continues with them.
   * @param {Kind} kind
   * @param {StartOptions} options
   * @throws {Error} with the end of its log when it does not come up
   */
  static async start(kind, options) {
    const dir = resolve(options.dir)
    await stopLeftover(dir)
    if (options.fresh) rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    const server = new ServerProcess(kind, dir, options, options.httpPort ?? (await freePort()))
    await server.start()
    return server
  }

  get pid() {
    return this.#child?.pid ?? null
  }

  /** Starts it with the same folder, port and accounts as before. */
  async start() {
    if (this.#child) return
    if (!(await isFree(this.httpPort))) throw new Error(`port ${this.httpPort} is taken`)
    const { dir, httpPort, token } = this
    const placed = { ...this.#options, dir, httpPort, token, ipv6: await hasIpv6() }
    const { program, args, env = {} } = this.#kind.prepare(placed)
    // A process group of its own: Ctrl-C in a terminal reaches us alone, and we stop it in order.
    const child = spawn(program, args, { detached: true, stdio: 'ignore', env: { ...process.env, ...env } })
    this.#child = child
    // However this process ends, except by SIGKILL: then the server notices by itself.
    const endWithUs = () => child.kill()
    process.once('exit', endWithUs)
    const leave = () => {
      process.off('exit', endWithUs)
      if (this.#child === child) this.#child = null
    }
    child.once('exit', leave)
    child.once('error', leave)
    writeFileSync(join(dir, note), JSON.stringify({ pid: child.pid, owner: process.pid }))
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
    const file = join(this.dir, this.#kind.log)
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : ''
  }

  async #answers() {
    const { name } = this.#kind
    const until = Date.now() + startTimeout
    for (;;) {
      if (!this.#child) throw new Error(`${name} ended at once:\n${this.log()}`)
      try {
        if ((await this.order('ping', {})).pid === this.#child.pid) return
      } catch {
        // Not listening yet; the time limit below decides.
      }
      if (Date.now() > until) {
        await this.kill9()
        throw new Error(`${name} does not answer:\n${this.log()}`)
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
 * Ends a server that an earlier, killed run of ours left in this folder.
 * @param {string} dir
 * @throws {Error} when the run that started it is still there
 */
async function stopLeftover(dir) {
  const file = join(dir, note)
  if (!existsSync(file)) return
  const { pid, owner } = JSON.parse(readFileSync(file, 'utf8'))
  // Process ids are given again: only one whose command line names this very folder is ours.
  const isOurs = () => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dir}/`)
    } catch {
      return false
    }
  }
  if (isOurs() && owner !== process.pid && existsSync(`/proc/${owner}`))
    throw new Error(`${dir} is in use by process ${owner}, which must be stopped first.`)
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    if (isOurs()) process.kill(pid, signal)
    for (let turn = 0; turn < 60 && isOurs(); turn++) await pause(50)
  }
}

/** @param {number} ms @returns {Promise<null>} */
function pause(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms))
}
