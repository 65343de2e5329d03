// Every message of the catalogue is used, and every message that is used stands in it.
// That the languages agree with each other is the matter of catalogue-keys.mjs.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { readSources } from './catalogue-keys.mjs'
import { filesBelow } from './static-files.mjs'

/** Beginnings of keys made at run time where no literal in the source shows it. */
const madeKeys = ['failure.']

/**
 * @param {Iterable<string>} keys
 * @param {string[]} sources texts of the source files
 * @param {string[]} [made] beginnings of keys that are made at run time
 * @returns {string[]} complaints about keys that nobody uses and uses that have no key
 */
export function compareUses(keys, sources, made = madeKeys) {
  const known = new Set(keys)
  const literals = new Set()
  const beginnings = [...made]
  const complaints = new Set()
  for (const text of sources) {
    for (const [, literal = ''] of text.matchAll(/['"`]([a-zA-Z][\w-]*(?:\.[\w-]+)*)['"`]/g)) literals.add(literal)
    for (const [, literal = ''] of text.matchAll(/\bt\(\s*['"`]([^'"`$]+)['"`]/g)) {
      if (!known.has(literal)) complaints.add(`t('${literal}') has no message`)
    }
    for (const [, beginning = ''] of text.matchAll(/`([a-zA-Z][\w-]*\.[\w.-]*)\$\{/g)) beginnings.push(beginning)
  }
  for (const key of known) {
    if (!literals.has(key) && !beginnings.some((one) => key.startsWith(one))) complaints.add(`nobody uses ${key}`)
  }
  return [...complaints]
}

function main() {
  const files = filesBelow('src', /(?<!\.test|\.testing)\.(ts|svelte)$/).filter(
    (file) => !file.startsWith('src/lib/i18n/') || file === 'src/lib/i18n/format.ts',
  )
  const keys = Object.keys(readSources().en ?? {})
  const complaints = compareUses(
    keys,
    files.map((file) => readFileSync(file, 'utf8')),
  )
  for (const complaint of complaints) console.error(complaint)
  console.log(`${keys.length} messages, ${complaints.length} complaints`)
  process.exitCode = complaints.length > 0 ? 1 : 0
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
