// An ejabberd of our own, to see that what works with Prosody works with another server too. What it is like is decided in
// config.mjs; how it lives and dies is in ../server-process.mjs. It runs alone: without a node name Erlang
// starts no epmd and opens no port for other nodes.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../apt.mjs'
import { ServerProcess } from '../server-process.mjs'
import { ejabberdConfig } from './config.mjs'

const moduleFile = fileURLToPath(new URL('./modules/besedka_control.erl', import.meta.url))

/**
 * Starts an ejabberd in a folder of its own.
 * @param {import('../server-process.mjs').StartOptions} options `pageSize` and `echo` have no meaning here
 * @param {typeof ejabberdConfig} [configure] writes another configuration, in which besedka_control must not be missing
 * @throws {Error} with the end of its log when it does not come up, or when no ejabberd is installed
 */
export async function startEjabberd(options, configure = ejabberdConfig) {
  const program = findProgram('ejabberd')
  if (!program) throw new Error('ejabberd is not installed')
  return ServerProcess.start(kindOf(erlangOf(program), configure), options)
}

/**
 * What the script ejabberdctl would run. The script itself changes to another user, and starts epmd on all addresses.
 * @param {string} script
 * @returns {{ erl: string, env: Record<string, string> }}
 */
function erlangOf(script) {
  const text = readFileSync(script, 'utf8')
  const erl = /^ERL="([^"]+)"/m.exec(text)?.[1] ?? 'erl'
  const libraries = /^ERL_LIBS='([^']+)'/m.exec(text)?.[1]
  return { erl, env: libraries === undefined ? {} : { ERL_LIBS: libraries } }
}

/**
 * @param {{ erl: string, env: Record<string, string> }} erlang
 * @param {typeof ejabberdConfig} configure
 * @returns {import('../server-process.mjs').Kind}
 */
function kindOf({ erl, env }, configure) {
  return {
    name: 'ejabberd',
    log: 'ejabberd.log',
    prepare(placed) {
      const { dir, token } = placed
      for (const folder of ['mnesia', 'modules']) mkdirSync(join(dir, folder), { recursive: true })
      const file = join(dir, 'ejabberd.yml')
      const sql = prepareErlang(erl, env, join(dir, 'modules'))
      writeFileSync(file, configure({ ...placed, sql }), { mode: 0o600 })
      const args = ['-noinput', '-mnesia', 'dir', `"${join(dir, 'mnesia')}"`, '-pa', join(dir, 'modules')]
      return {
        program: erl,
        args: [...args, '-s', 'ejabberd', '-s', 'besedka_control', 'watch_owner'],
        env: {
          ...env,
          HOME: dir,
          EJABBERD_CONFIG_PATH: file,
          EJABBERD_LOG_PATH: join(dir, 'ejabberd.log'),
          ERL_CRASH_DUMP: join(dir, 'crash.dump'),
          BESEDKA_CONTROL_TOKEN: token,
          BESEDKA_OWNER_PID: String(process.pid),
        },
      }
    },
  }
}

// Compiles the control module, and tells whether SQLite can be opened.
const preparation = `
[Source, Folder] = init:get_plain_arguments(),
io:format("~p ~p", [compile:file(Source, [{outdir, Folder}, report]), code:which(sqlite3)]),
halt().`

/**
 * @param {string} erl
 * @param {Record<string, string>} env
 * @param {string} folder where the compiled module goes
 * @returns {boolean} whether archives can lie in SQLite; in Mnesia they are slow beyond some hundred messages
 * @throws {Error} with what the compiler said
 */
function prepareErlang(erl, env, folder) {
  const said = execFileSync(erl, ['-noinput', '-eval', preparation, '-extra', moduleFile, folder], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (!said.includes('{ok,')) throw new Error(`the control module does not compile:\n${said}`)
  return !said.includes('non_existing')
}
