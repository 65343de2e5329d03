// Writes the list of what is implemented, docs/xeps.md and docs/besedka.doap, from the `@xep NNNN Name version` lines at the
// heads of the files in src/lib/xmpp: the list cannot be false. `--check` changes nothing and fails when a file is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { filesBelow } from './static-files.mjs'

/** RFCs below all of it: core, instant messaging, WebSocket, addresses. */
const rfcs = ['6120', '6121', '7395', '7622']

/** @typedef {{ number: string, name: string, version: string, files: string[] }} Xep */

/**
 * @param {{ file: string, text: string }[]} sources
 * @returns {{ xeps: Xep[], complaints: string[] }} sorted by number
 */
export function collectXeps(sources) {
  /** @type {Map<string, Xep>} */
  const found = new Map()
  const complaints = []
  for (const { file, text } of sources) {
    const head = /^\s*(\/\*[\s\S]*?\*\/|(\/\/.*\n)+)/.exec(text)?.[0] ?? ''
    const lines = text.split('\n').filter((line) => /^\s*(\*|\/\/|\/\*\*)?\s*@xep\b/.test(line))
    for (const line of lines) {
      const match = /@xep (\d{4}) (\S.*) (\d+(?:\.\d+){1,2})(?:\s*\*\/)?\s*$/.exec(line)
      const [, number = '', name = '', version = ''] = match ?? []
      if (!match) complaints.push(`${file}: not "@xep NNNN Name version": ${line.trim()}`)
      else if (!head.includes(line.trim())) complaints.push(`${file}: @xep ${number} belongs into the head of the file`)
      else {
        const xep = found.get(number) ?? { number, name, version, files: [] }
        if (xep.name !== name || xep.version !== version) {
          complaints.push(
            `${file}: XEP-${number} is "${name} ${version}" here and "${xep.name} ${xep.version}" in ${xep.files[0]}`,
          )
        }
        if (!xep.files.includes(file)) xep.files.push(file)
        found.set(number, xep)
      }
    }
  }
  return { xeps: [...found.values()].sort((a, b) => a.number.localeCompare(b.number)), complaints }
}

/** @param {Xep[]} xeps @returns {string} */
export function markdown(xeps) {
  const rows = xeps.map(({ number, name, version, files }) => {
    const where = files.map((file) => `[${file.replace(/^.*\//, '')}](../${file})`).join(', ')
    return `| [${number}](https://xmpp.org/extensions/xep-${number}.html) | ${name} | ${version} | ${where} |`
  })
  const head = [
    '# XMPP extensions that Besedka implements',
    '',
    'Made by `node tools/xeps.mjs` from the heads of the files in `src/lib/xmpp`. Do not edit.',
    '',
    `Base: ${rfcs.map((rfc) => `[RFC ${rfc}](https://www.rfc-editor.org/rfc/rfc${rfc})`).join(', ')}.`,
    '',
    '| XEP | name | version | where |',
    '|---|---|---|---|',
  ]
  return [...head, ...rows, ''].join('\n')
}

/** @param {Xep[]} xeps @returns {string} a description of the project as XEP-0453 asks for it */
export function doap(xeps) {
  const supported = xeps.map(
    ({ number, version }) => `    <implements>
      <xmpp:SupportedXep>
        <xmpp:xep rdf:resource="https://xmpp.org/extensions/xep-${number}.html"/>
        <xmpp:version>${version}</xmpp:version>
      </xmpp:SupportedXep>
    </implements>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by node tools/xeps.mjs. Do not edit. -->
<rdf:RDF xmlns="http://usefulinc.com/ns/doap#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:xmpp="https://linkmauve.fr/ns/xmpp-doap#">
  <Project>
    <name>Besedka</name>
    <shortdesc xml:lang="en">A browser-based XMPP client: one static bundle, any server, nothing lost</shortdesc>
    <license rdf:resource="https://spdx.org/licenses/MIT.html"/>
    <programming-language>TypeScript</programming-language>
    <os>Web</os>
    <category rdf:resource="https://linkmauve.fr/ns/xmpp-doap#category-jabber"/>
    <category rdf:resource="https://linkmauve.fr/ns/xmpp-doap#category-client"/>
${rfcs.map((rfc) => `    <implements rdf:resource="https://xmpp.org/rfcs/rfc${rfc}.html"/>`).join('\n')}
${supported.join('\n')}${supported.length > 0 ? '\n' : ''}  </Project>
</rdf:RDF>
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const sources = filesBelow('src/lib/xmpp', /(?<!\.test)\.ts$/).map((file) => ({
    file,
    text: readFileSync(file, 'utf8'),
  }))
  const { xeps, complaints } = collectXeps(sources)
  const written = { 'docs/xeps.md': markdown(xeps), 'docs/besedka.doap': doap(xeps) }
  for (const [file, text] of Object.entries(written)) {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
    if (process.argv.includes('--check')) complaints.push(`${file} is out of date: node tools/xeps.mjs`)
    else {
      mkdirSync('docs', { recursive: true })
      writeFileSync(file, text)
    }
  }
  for (const complaint of complaints) console.error(complaint)
  console.log(`${xeps.length} XEPs, ${complaints.length} complaints`)
  process.exitCode = complaints.length > 0 ? 1 : 0
}
