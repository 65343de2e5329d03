// The headers stand in docs/operators.md three times, ready to be copied; each time they are those of static-policy.mjs.
import { expect, it } from 'vitest'
import { securityHeaders } from '../tools/static-policy.mjs'
import { snippets } from './lab/snippet.ts'

/** Names in lower case to values, by the shape of one line; lines of another shape are no headers. */
function headersIn(text: string, line: RegExp): Record<string, string> {
  return Object.fromEntries([...text.matchAll(line)].map(([, name = '', value = '']) => [name.toLowerCase(), value]))
}

it.each([
  ['the list', '', /^([\w-]+): (.*)$/gm],
  ['nginx', 'nginx', /^add_header ([\w-]+) "(.*)" always;$/gm],
  ['Caddy', 'caddy', /^ {12}([\w-]+) "(.*)"$/gm],
] as const)('headers of %s', (_, language, line) => {
  expect(headersIn(snippets(language)[0] ?? '', line)).toEqual(securityHeaders())
})
