// Builds the app when what is in build/ was not made from these sources. `--force` builds anyway.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where the finished app lies. */
export const buildFolder = join(root, 'build')

/**
 * Needs the packages to be installed.
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<boolean>} whether it built
 * @throws {Error} when the build fails, with all it said
 */
export async function ensureBuild({ force = false } = {}) {
  if (!force && (await isFresh())) return false
  console.log('Building the app …')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const run = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (run.signal) throw new Error(`the build was ended by ${run.signal}`)
  if (run.status !== 0) throw new Error(`the build failed:\n${run.stdout}${run.stderr}`)
  return true
}

async function isFresh() {
  const file = join(buildFolder, '_app', 'version.json')
  if (!existsSync(file) || !existsSync(join(buildFolder, 'index.html'))) return false
  // Loaded late: it imports packages, which may just have been installed. It looks at the current folder.
  const { appVersion } = await import('./static-shell.mjs')
  return JSON.parse(readFileSync(file, 'utf8')).version === appVersion()
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.chdir(root)
  if (!(await ensureBuild({ force: process.argv.includes('--force') }))) console.log('build/ is up to date')
}
