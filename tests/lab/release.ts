// Makes the next release out of a build, without building: every script gets another content and another hashed name, all that
// name it follow, and the worker lists and knows the new files. A browser sees what it sees after a real release.
import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestsOf } from '../../tools/static-shell.mjs'
import { filesBelow } from '../../tools/static-files.mjs'

const hashed = /(?:^|[./])([\w-]{8})\.(js|css|json)$/

/** What a page notes of the scripts that ran in it: the numbers of their releases. */
declare global {
  var besedkaReleases: Set<number> | undefined
}

/** The version that a release calls itself. */
export function versionOf(number: number): string {
  return `0.0.${number}-release`
}

/**
 * Writes release `number` of the build `from` into the folder `to`. Stylesheets and catalogues for which `isKept` is true
 * keep name and content from release to release, as most files of a real one do.
 */
export function makeRelease(from: string, to: string, number: number, isKept: (path: string) => boolean): void {
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true })
  const before = digestsOf(to)
  const old = JSON.parse(readFileSync(join(to, '_app/version.json'), 'utf8')).version as string
  const names = renameAll(to, number, isKept)
  for (const file of filesBelow(to, /\.(js|css|json|html)$/)) {
    let text = readFileSync(file, 'utf8').replaceAll(old, versionOf(number))
    for (const [name, renamed] of names) text = text.replaceAll(name, renamed)
    if (/_app\/immutable\/.*\.js$/.test(file)) text += `\n;(globalThis.besedkaReleases??=new Set).add(${number})\n`
    if (file.endsWith('.css')) text += [...names.values()].includes(nameOf(file)) ? `/* ${number} */\n` : ''
    writeFileSync(file, text)
  }
  const worker = join(to, 'service-worker.js')
  let text = readFileSync(worker, 'utf8')
  for (const [path, digest] of Object.entries(digestsOf(to))) {
    const former = Object.keys(before).find((each) => renamedIn(each, names) === path)
    if (former) text = text.replaceAll(`"${path}":"${before[former]}"`, `"${path}":"${digest}"`)
  }
  writeFileSync(worker, text)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function renamedIn(path: string, names: ReadonlyMap<string, string>): string {
  const name = nameOf(path)
  return path.slice(0, path.length - name.length) + (names.get(name) ?? name)
}

/** Renames the files; answers old name to new one. */
function renameAll(folder: string, number: number, isKept: (path: string) => boolean): Map<string, string> {
  const names = new Map<string, string>()
  const immutable = join(folder, '_app/immutable')
  for (const entry of readdirSync(immutable, { recursive: true, withFileTypes: true })) {
    const hash = hashed.exec(entry.name)?.[1]
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || hash === undefined || (!entry.name.endsWith('.js') && isKept(entry.name))) continue
    const next = createHash('sha256').update(`${hash} ${number}`).digest('base64url').slice(0, 8)
    const renamed =
      entry.name.slice(0, entry.name.lastIndexOf(hash)) + next + entry.name.slice(entry.name.lastIndexOf('.'))
    names.set(entry.name, renamed)
    renameSync(path, join(entry.parentPath, renamed))
  }
  return names
}
