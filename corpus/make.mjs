// Makes hostile-text.json out of the texts beside it. What the file means is told in README.md.
//   node corpus/make.mjs            writes it
//   node corpus/make.mjs --check    says whether the file is the one that would be written
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { addresses } from './addresses.mjs'
import { host, property } from './canary.mjs'
import { directionsAndGaps } from './directions.mjs'
import { languages } from './languages.mjs'
import { letters } from './letters.mjs'
import { markup } from './markup.mjs'
import { sizes } from './sizes.mjs'
import { systems } from './systems.mjs'

/**
 * A text, or what it is made of; the rest as in the file.
 * @typedef {{ text?: string, recipe?: (string | number)[][], expect?: string, sent?: string }} Described
 * @typedef {string | Described} Entry
 */

const file = fileURLToPath(new URL('hostile-text.json', import.meta.url))

/** @returns {string} */
function make() {
  /** @type {Record<string, Entry[]>} */
  const classes = {
    ...markup(),
    ...addresses(),
    ...languages(),
    ...systems(),
    ...directionsAndGaps(),
    ...letters(),
    ...sizes(),
  }
  const known = new Set()
  const cases = Object.entries(classes).flatMap(([name, entries]) =>
    entries.map(described).flatMap(({ text, recipe, expect = 'text', sent }, at) => {
      const what = JSON.stringify([text ?? recipe, sent])
      if (known.has(what)) return []
      known.add(what)
      const id = `${name}-${String(at + 1).padStart(3, '0')}`
      return [{ id, class: name, ...(recipe ? { recipe } : { text }), ...(sent === undefined ? {} : { sent }), expect }]
    }),
  )
  const head = { format: 1, name: 'hostile-text', licence: 'MIT', canary: { host, property } }
  const lines = cases.map((each) => `    ${ascii(JSON.stringify(each))}`)
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** @param {Entry} entry @returns {Described} */
function described(entry) {
  const one = typeof entry === 'string' ? { text: entry } : entry
  return isCarried(one.text ?? '') ? one : { ...one, expect: 'refused' }
}

/** Whether XML has a place for all of it (XML 1.0 section 2.2). @param {string} text */
function isCarried(text) {
  return !/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text)
}

/** What cannot be seen, or turns round, is written as an escape. @param {string} json */
function ascii(json) {
  return json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const made = make()
if (!process.argv.includes('--check')) writeFileSync(file, made)
else if (readFileSync(file, 'utf8') !== made) {
  console.error('corpus/hostile-text.json is not what corpus/make.mjs makes: run node corpus/make.mjs')
  process.exitCode = 1
}
