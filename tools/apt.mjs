// Brings what the commands of this project need and npm does not: Prosody and browsers, by apt where there is apt.
// Says first what it installs. Starts no daemon. Also keeps node_modules in step with package-lock.json.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What each thing is called as a program, as Debian packages, and elsewhere. */
const wares = {
  prosody: {
    programs: ['prosody'],
    packages: ['prosody', 'lua-dbi-sqlite3', 'prosody-modules'],
    elsewhere: 'Prosody 0.12 or newer with LuaDBI for SQLite (https://prosody.im/download/)',
  },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome-stable'],
    packages: ['chromium'],
    elsewhere: 'Chromium',
  },
  firefox: { programs: ['firefox-esr', 'firefox'], packages: ['firefox-esr'], elsewhere: 'Firefox ESR' },
  webkit: {
    programs: ['WebKitWebDriver'],
    packages: ['webkit2gtk-driver', 'xvfb', 'xauth'],
    elsewhere: 'WebKitGTK with its WebDriver, and Xvfb',
  },
  ejabberd: {
    programs: ['ejabberdctl'],
    packages: ['ejabberd', 'erlang-p1-sqlite3'],
    elsewhere: 'ejabberd 23 or newer with its SQLite driver (https://www.ejabberd.im/)',
  },
  // Found where they are; no command installs them.
  nginx: { programs: ['nginx'], packages: ['nginx'], elsewhere: 'nginx' },
  caddy: { programs: ['caddy'], packages: ['caddy'], elsewhere: 'Caddy 2' },
  openssl: { programs: ['openssl'], packages: ['openssl'], elsewhere: 'OpenSSL' },
}

/** @typedef {keyof typeof wares} Ware */

/**
 * Where a program lies: an environment variable of its name in capitals first (CHROMIUM=/opt/…), then the search path.
 * @param {Ware} ware
 * @returns {string | null}
 */
export function findProgram(ware) {
  const named = process.env[ware.toUpperCase()]
  if (named) return isExecutable(named) ? named : null
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin', '/usr/sbin']
  for (const program of wares[ware].programs) {
    const found = folders.map((folder) => join(folder, program)).find(isExecutable)
    if (found) return found
  }
  return null
}

/**
 * Installs what is missing, if it can; never fails the caller.
 * @param {Ware[]} wanted
 * @returns {Promise<Record<Ware, string | null>>} paths; null: not there, and one sentence on stderr says what to do
 */
export async function ensureSystem(wanted) {
  const missing = wanted.filter((ware) => isIncomplete(ware) && !isMisnamed(ware))
  if (missing.length > 0) install(missing)
  const found = /** @type {Record<Ware, string | null>} */ ({})
  for (const ware of wanted) found[ware] = findProgram(ware)
  return found
}

/** Runs `npm ci` when node_modules does not fit package-lock.json. */
export async function ensurePackages() {
  const stamp = join(root, 'node_modules', '.besedka-lock')
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  // Someone who ran `npm install` has them already; `npm ci` would throw away the folder others may be using.
  if (!matchesLock()) {
    console.log('Installing packages (npm ci) …')
    const run = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    })
    if (run.status !== 0) throw new Error('npm ci failed; what it said stands above')
  }
  writeFileSync(stamp, hash)
}

/** node_modules made by npm itself, with the same list of packages as the lock file. */
function matchesLock() {
  try {
    const read = (/** @type {string} */ file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages
    const wanted = read('package-lock.json')
    const present = read('node_modules/.package-lock.json')
    return Object.entries(wanted).every(
      ([path, entry]) => path === '' || entry.optional || present[path]?.version === entry.version,
    )
  } catch {
    return false
  }
}

/** @param {Ware} ware */
function isIncomplete(ware) {
  if (!findProgram(ware)) return true
  if (process.env[ware.toUpperCase()] || !findCommand('dpkg-query')) return false
  // Prosody may be there without what lets it write SQLite. Programs that came by another way than dpkg are left alone.
  const state = (/** @type {string} */ name) =>
    spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' }).stdout === 'installed'
  const [main = '', ...rest] = wares[ware].packages
  return state(main) && !rest.every(state)
}

/** A variable that names no program is a mistake that no installation mends. @param {Ware} ware */
function isMisnamed(ware) {
  const named = process.env[ware.toUpperCase()]
  if (!named || isExecutable(named)) return false
  console.error(`The environment variable ${ware.toUpperCase()} names no program: ${named}`)
  return true
}

/** @param {Ware[]} missing */
function install(missing) {
  const packages = missing.flatMap((ware) => wares[ware].packages)
  const isRoot = process.getuid?.() === 0
  const sudo = isRoot ? [] : ['sudo']
  if (!findCommand('apt-get') || (!isRoot && !findCommand('sudo'))) {
    console.error(`Please install: ${missing.map((ware) => wares[ware].elsewhere).join('; ')}.`)
    return
  }
  console.log(`Installing with apt: ${packages.join(' ')}`)
  const [program = 'sh', ...rest] = [...sudo, 'sh', '-c', installScript, 'sh', ...packages]
  const run = spawnSync(program, rest, { stdio: ['inherit', 'inherit', 'inherit'] })
  if (run.status !== 0) console.error(`apt could not install them. Please install: ${packages.join(' ')}.`)
}

// Debian starts daemons on installation, with a configuration and ports of its own: policy-rc.d answering 101 forbids it.
// What stood there before is put back however this ends. The package lists are only fetched when the first try fails.
const installScript = `
policy=/usr/sbin/policy-rc.d
saved=$policy.besedka-saved
if [ -e "$policy" ] && [ ! -e "$saved" ]; then cp -p "$policy" "$saved"; fi
restore() { if [ -e "$saved" ]; then mv -f "$saved" "$policy"; else rm -f "$policy"; fi; }
trap restore EXIT
trap 'exit 1' INT TERM HUP
printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -q --no-install-recommends "$@"; }
install "$@" || { apt-get update -q && install "$@"; }
`

/** @param {string} name */
function findCommand(name) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'].some((folder) =>
    isExecutable(join(folder, name)),
  )
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
