/** What of a contact is kept, where a server sends too much or the same again. */
import { expect, it } from 'vitest'
import { readRoster } from './roster.ts'
import { readXml } from './xml.ts'

const read = (xml: string) => readXml(`<iq xmlns="jabber:client" type="set" id="p">${xml}</iq>`, { maxDepth: 8 })

function contactOf(name: string, groups: readonly string[]) {
  const inside = groups.map((group) => `<group>${group}</group>`).join('')
  const item = `<item jid="boris@example.org" name="${name}" subscription="both">${inside}</item>`
  return readRoster(read(`<query xmlns="jabber:iq:roster">${item}</query>`))?.items[0]?.contact
}

it('names each group once, also where two are cut to the same', () => {
  const long = 'x'.repeat(200)
  expect(contactOf('', ['a', 'b', 'a', '', `${long}1`, `${long}2`])?.groups).toEqual(['a', 'b', long])
})

it('halves no character at the end of a name', () => {
  expect(contactOf(`${'x'.repeat(999)}\u{1f600}`, [])?.name).toBe('x'.repeat(999))
})

const versionOf = (items: string) =>
  readRoster(read(`<query xmlns="jabber:iq:roster" ver="v7">${items}</query>`))?.version

it.each([
  ['an address', '<item jid="@" subscription="both"/>'],
  ['a subscription', '<item jid="clara@example.org" subscription="odd"/>'],
])('believes no version of which %s could not be read', (_what, item) => {
  const good = '<item jid="boris@example.org" subscription="both"/>'
  expect([versionOf(good), versionOf(good + item)]).toEqual(['v7', null])
})
