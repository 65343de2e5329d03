/** The three catalogues say the same things, have every plural form, and what is generated from them is up to date. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compileCatalogues, outOfDate, readSources } from '../../../tools/catalogue-keys.mjs'

it('has every message in every language, with its values and plural forms, compiled', () => {
  const { faults, files } = compileCatalogues(readSources())
  expect(faults).toEqual([])
  expect(outOfDate(files)).toEqual([])
})

it('names a missing key, a foreign value, a missing plural form and what cannot be read', () => {
  const { faults } = compileCatalogues({
    en: { a: '{count, plural, one {# day} other {# days}}', b: 'B', c: '{name' },
    bg: { a: '{count, plural, one {# ден} other {# дни}}', b: '{other}', c: 'c' },
    ar: { a: '{count, plural, one {يوم} other {# يوم}}', c: 'c' },
  })
  expect(faults).toHaveLength(8)
  expect(faults.join('\n')).toMatch(/en: c cannot be read/)
  expect(faults.join('\n')).toMatch(/bg: b uses \{other\}/)
  expect(faults.join('\n')).toMatch(/ar: b is missing/)
  for (const form of ['zero', 'two', 'few', 'many'])
    expect(faults.join('\n')).toMatch(new RegExp(`ar: a lacks the plural form "${form}"`))
})

it('takes nobody for a man or a woman in Bulgarian', () => {
  // "ти" with a participle would: излязъл, влязла.
  const gendered = /(?<!\p{L})(?:си \p{L}+(?:л|ла|ен)|\p{L}+(?:л|ла) си)(?!\p{L})/u
  expect(gendered.test('още не си излязъл тук')).toBe(true)
  const bulgarian = Object.entries(readSources()['bg'] ?? {})
  expect(bulgarian.filter(([, text]) => gendered.test(text))).toEqual([])
})

it('has no message that nothing shows', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const source = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(svelte|ts)$/.test(name) && !/\.test\.ts$|i18n.keys\.ts$/.test(name))
    .map((name) => readFileSync(root + name, 'utf8'))
    .join('\n')
  // `failure.${…}` uses every key that begins so.
  const families = [...source.matchAll(/`([a-z]+\.)\$\{/g)].map(([, family]) => family ?? '')
  const unused = Object.keys(readSources()['en'] ?? {}).filter(
    (key) => !source.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)),
  )
  expect(unused).toEqual([])
})
