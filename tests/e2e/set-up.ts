// Runs once before all specs: one Prosody and one app server for everyone, with the demo accounts for those who only read.
// Specs that break things start their own (fixtures.ts).
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startEjabberd } from '../../tools/ejabberd/server.mjs'
import { seedDemo } from '../../tools/prosody/demo.mjs'
import { freePort } from '../../tools/ports.mjs'
import { startProsody } from '../../tools/prosody/server.mjs'
import { serveApp } from '../../tools/serve/app.mjs'

/** What the workers are told, as JSON in the environment. */
export interface Stage {
  url: string
  origin: string
  /** Copy of the build that no later build changes. */
  root: string
  /** Folder of this run, removed at its end. */
  dir: string
  prosody: { httpPort: number; token: string }
}

const variable = 'BESEDKA_E2E_STAGE'

/** Starts the server the tests run against: a Prosody, or an ejabberd with E2E_SERVER=ejabberd. */
export const startServer = process.env.E2E_SERVER === 'ejabberd' ? startEjabberd : startProsody

/** What set-up left for the workers. */
export function stage(): Stage {
  const text = process.env[variable]
  if (text === undefined) throw new Error('the set-up of the end-to-end tests did not run')
  return JSON.parse(text)
}

/** Playwright calls this before the first test and what it returns after the last. */
export default async function setUp(): Promise<() => Promise<void>> {
  forgetDeadRuns(resolve('.test'))
  const dir = resolve('.test', `run-${process.pid}`)
  const root = join(dir, 'build')
  mkdirSync(dir, { recursive: true })
  cpSync(resolve(process.env.E2E_BUILD ?? 'build'), root, { recursive: true })
  const port = await freePort()
  const prosody = await startServer({ dir: join(dir, 'server'), publicUrl: `http://localhost:${port}/` })
  await seedDemo(prosody)
  const app = await serveApp({ root, port, prosody })
  const told: Stage = { url: app.url, origin: app.origin, root, dir, prosody: prosody.access }
  process.env[variable] = JSON.stringify(told)
  return async () => {
    await app.close()
    await prosody.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Folders of runs whose process is gone. */
function forgetDeadRuns(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const pid = Number(/^run-(\d+)$/.exec(name)?.[1])
    if (pid && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
