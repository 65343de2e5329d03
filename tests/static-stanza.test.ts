// The bundle leaves out parts of stanza by path: this fails when an update moves them. That the rest still signs in is shown end to end.
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { madeFor, touched } from '../tools/static-stanza.mjs'

it('was written for the stanza that is installed', () => {
  expect(JSON.parse(readFileSync('node_modules/stanza/package.json', 'utf8')).version).toBe(madeFor)
})

it.each(touched)('%s exists', (path) => {
  expect(existsSync(`node_modules/stanza/${path}`)).toBe(true)
})
