// Makes of the catalogues in src/lib/i18n what the app needs: parsed messages (so that the parser stays out of the bundle) and their types.
//   node tools/catalogue-keys.mjs           writes src/lib/i18n/compiled/*.json and src/lib/i18n/keys.ts
//   node tools/catalogue-keys.mjs --check   only says what is missing or out of date; exit code 1
// Typed keys make a missing message a compile error; a translation that lacks a key, a value or a plural form is named here.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { IntlMessageFormat } from 'intl-messageformat'

const folder = new URL('../src/lib/i18n/', import.meta.url)
export const languages = ['en', 'bg', 'ar']

/** Element types of the parser's tree. */
const type = { argument: 1, number: 2, date: 3, time: 4, select: 5, plural: 6, tag: 8 }

/** @typedef {{ type: number, value: string, options?: Record<string, { value: Element[] }> }} Element */

/**
 * All values a message needs, with their TypeScript types.
 * @param {Element[]} tree
 * @param {Map<string, string>} found
 */
function valuesOf(tree, found = new Map()) {
  for (const element of tree) {
    const isCount = element.type === type.number || element.type === type.plural
    if (isCount) found.set(element.value, 'number')
    else if (element.type === type.argument || element.type === type.select) {
      if (!found.has(element.value)) found.set(element.value, 'string')
    } else if (element.type === type.date || element.type === type.time) found.set(element.value, 'number | Date')
    for (const option of Object.values(element.options ?? {})) valuesOf(option.value, found)
  }
  return found
}

/**
 * What is wrong with one message.
 * @param {string} language
 * @param {Element[]} tree
 * @returns {string[]}
 */
function faultsOf(language, tree) {
  const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
  return tree.flatMap((element) => {
    const options = Object.keys(element.options ?? {})
    const faults = Object.values(element.options ?? {}).flatMap((option) => faultsOf(language, option.value))
    if (element.type === type.tag) faults.push('has a tag; messages are plain text')
    const forms = options.filter((option) => !option.startsWith('='))
    // Only `other`: the sentence is the same for every number.
    if (element.type === type.plural && forms.length > 1)
      for (const form of needed) if (!forms.includes(form)) faults.push(`lacks the plural form "${form}"`)
    return faults
  })
}

/**
 * @param {Record<string, Record<string, string>>} sources catalogue by language
 * @returns {{ faults: string[], files: Map<string, string> }} files: by name below src/lib/i18n
 */
export function compileCatalogues(sources) {
  /** @type {string[]} */
  const faults = []
  /** @type {Map<string, string>} */
  const files = new Map()
  const english = sources.en ?? {}
  const typed = new Map(Object.entries(english).map(([key, text]) => [key, valuesOf(parse('en', key, text, faults))]))
  for (const language of languages) {
    const source = sources[language] ?? {}
    for (const key of Object.keys(english)) if (!(key in source)) faults.push(`${language}: ${key} is missing`)
    const lines = Object.entries(source).map(([key, text]) => {
      if (!(key in english)) faults.push(`${language}: ${key} is not in en.json`)
      const tree = parse(language, key, text, faults)
      for (const fault of faultsOf(language, tree)) faults.push(`${language}: ${key} ${fault}`)
      for (const value of valuesOf(tree).keys())
        if (!typed.get(key)?.has(value)) faults.push(`${language}: ${key} uses {${value}}, which en.json does not`)
      const isPlain = tree.length === 1 && tree[0]?.type === 0
      return `${JSON.stringify(key)}:${JSON.stringify(isPlain ? tree[0]?.value : tree)}`
    })
    files.set(`compiled/${language}.json`, `{\n${lines.join(',\n')}\n}\n`)
  }
  files.set('keys.ts', keysSource(typed))
  return { faults, files }
}

/**
 * @param {string} language
 * @param {string} key
 * @param {string} text
 * @param {string[]} faults
 * @returns {Element[]}
 */
function parse(language, key, text, faults) {
  try {
    return /** @type {Element[]} */ (/** @type {unknown} */ (new IntlMessageFormat(text, language).getAst()))
  } catch (error) {
    faults.push(`${language}: ${key} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}

/** @param {Map<string, Map<string, string>>} typed */
function keysSource(typed) {
  const lines = [...typed]
    .filter(([, values]) => values.size > 0)
    .map(([key, values]) => {
      const fields = [...values].map(([name, kind]) => `readonly ${name}: ${kind}`)
      return `  readonly '${key}': { ${fields.join('; ')} }`
    })
  return `/**
 * Keys of the catalogues and the values each message needs.
 * Written by tools/catalogue-keys.mjs from en.json: change that file, then run the tool.
 */
import type english from './en.json'

export type MessageKey = keyof typeof english

/** Only messages that need values are named. */
export interface MessageValues {
${lines.join('\n')}
}

/** What follows the key in a call: the values, or nothing. */
export type MessageArguments<Key extends MessageKey> = Key extends keyof MessageValues
  ? [values: MessageValues[Key]]
  : []
`
}

/** @returns {Record<string, Record<string, string>>} */
export function readSources() {
  return Object.fromEntries(
    languages.map((language) => [language, JSON.parse(readFileSync(new URL(`${language}.json`, folder), 'utf8'))]),
  )
}

/**
 * Names of generated files that do not say what the catalogues say.
 * @param {Map<string, string>} files
 */
export function outOfDate(files) {
  return [...files.keys()].filter((name) => {
    try {
      return readFileSync(new URL(name, folder), 'utf8') !== files.get(name)
    } catch {
      return true
    }
  })
}

function main() {
  const { faults, files } = compileCatalogues(readSources())
  const isCheck = process.argv.includes('--check')
  if (isCheck) for (const name of outOfDate(files)) faults.push(`src/lib/i18n/${name} is out of date: run this tool`)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
  if (isCheck) return
  mkdirSync(new URL('compiled/', folder), { recursive: true })
  for (const [name, text] of files) writeFileSync(new URL(name, folder), text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
