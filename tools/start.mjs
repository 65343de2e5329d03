// `npm start`: the app with a real server behind it, on this machine alone. `-- --fresh` forgets the demonstration,
// `-- --port 8080` asks for a port. Brings what is missing first; Ctrl-C stops everything.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensurePackages, ensureSystem } from './apt.mjs'
import { buildFolder, ensureBuild } from './build.mjs'
import { choosePort } from './ports.mjs'
import { demoPassword, demoUsers, seedDemo } from './prosody/demo.mjs'
import { startProsody } from './prosody/server.mjs'
import { serveApp } from './serve/app.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

/**
 * Starts the server of the demonstration and fills it on its first run. Also used by `npm run dev`.
 * @param {{ port: number, fresh?: boolean }} options port: where a browser will find the app
 * @returns {Promise<import('./server-process.mjs').ServerProcess | null>} null: there is no Prosody; what to do was said
 * @throws {Error} with the reason when there is one and it does not start
 */
export async function startDemo({ port, fresh = false }) {
  const found = await ensureSystem(['prosody'])
  if (!found.prosody) return null
  const folder = join(root, '.demo')
  const done = join(folder, 'filled')
  // A first run that was broken off leaves half a past: begin again.
  const isFirst = fresh || !existsSync(done)
  mkdirSync(folder, { recursive: true })
  const publicUrl = `http://localhost:${port}/`
  const server = await startProsody({ dir: join(folder, 'prosody'), fresh: isFirst, publicUrl, echo: true })
  if (isFirst) {
    rmSync(done, { force: true })
    console.log('Filling the demonstration …')
    await seedDemo(server, { echo: true })
    writeFileSync(done, '')
  }
  return server
}

/** What a person must know to begin. @param {string} url @param {boolean} hasServer */
export function greet(url, hasServer) {
  console.log(`\n  Besedka is at ${url}\n`)
  if (hasServer) {
    console.log(`  Sign in as alice@localhost with the password ${demoPassword}.`)
    console.log(`  The others, with the same password: ${demoUsers.slice(1).join(', ')} (all @localhost).`)
    console.log('  In a second browser or private window you can be one of them; echo@localhost answers by itself.')
  } else {
    console.log('  There is no Prosody here, so there are no demonstration accounts.')
    console.log('  You can sign in to an account on any server that allows WebSocket connections.')
  }
  console.log('\n  Ctrl-C stops it.\n')
}

/** Runs the steps once, on the first signal. @param {() => Promise<unknown>} stop */
export function onEnd(stop) {
  let isEnding = false
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (isEnding) return
      isEnding = true
      stop().then(
        () => process.exit(0),
        (error) => {
          console.error(error)
          process.exit(1)
        },
      )
    })
  }
}

async function main() {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean' }, port: { type: 'string' } } })
  /** @type {(() => Promise<unknown>)[]} */
  const stops = []
  // Already now: a server that is just starting ends with this process (server-process.mjs).
  onEnd(async () => {
    for (const stop of stops.reverse()) await stop()
  })
  const port = await choosePort(values.port, 4173)
  await ensurePackages()
  await ensureBuild()
  const prosody = await startDemo({ port, fresh: values.fresh ?? false })
  if (prosody) stops.push(() => prosody.stop())
  const app = await serveApp({ root: buildFolder, port, prosody })
  stops.push(() => app.close())
  greet(app.url, prosody !== null)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
