/** More contrast has one switch, on <html>: a component that asked the system itself would answer twice, and differently. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const sources = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.svelte'))
  .map((file) => ({ file, text: readFileSync(new URL(file, import.meta.url), 'utf8') }))
const chosen = ":global(:root:is([data-theme='contrast'], [data-more]:not([data-theme])))"

it('no component asks the system', () => {
  expect(sources.length).toBeGreaterThan(40)
  expect(sources.filter(({ text }) => text.includes('prefers-contrast')).map(({ file }) => file)).toEqual([])
})

it('whoever depends on it means the person’s choice and the system’s alike', () => {
  const halves = sources.filter(({ text }) => text.replaceAll(chosen, '').includes('data-theme'))
  expect(halves.map(({ file }) => file)).toEqual([])
})
