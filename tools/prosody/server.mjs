// A Prosody of our own. What it is like is decided in config.mjs; how it lives and dies is in ../server-process.mjs.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../apt.mjs'
import { ServerProcess } from '../server-process.mjs'
import { prosodyConfig } from './config.mjs'

/**
 * Starts a Prosody in a folder of its own.
 * @param {import('../server-process.mjs').StartOptions} options
 * @param {typeof prosodyConfig} [configure] writes another configuration, in which besedka_control must not be missing
 * @throws {Error} with the end of its log when it does not come up, or when no Prosody is installed
 */
export async function startProsody(options, configure = prosodyConfig) {
  const program = findProgram('prosody')
  if (!program) throw new Error('Prosody is not installed')
  return ServerProcess.start(kindOf(program, configure), options)
}

/** @param {string} program @param {typeof prosodyConfig} configure @returns {import('../server-process.mjs').Kind} */
function kindOf(program, configure) {
  return {
    name: 'Prosody',
    log: 'prosody.log',
    prepare(placed) {
      for (const folder of ['data', 'certs']) mkdirSync(join(placed.dir, folder), { recursive: true })
      const file = join(placed.dir, 'prosody.cfg.lua')
      writeFileSync(file, configure({ ...placed, sql: hasSqlite(program) }), { mode: 0o600 })
      return { program, args: ['-F', '--config', file] }
    },
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
