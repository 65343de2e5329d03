// Each pair under tests/stanzas: the stanza as it comes, and what passes the gate (of a message: at least these facts).
// A stanza of a bug report becomes a case by dropping in two files. Results of an archive belong to a query named q1.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BareJid, FullJid } from '#model/jid.ts'
import { ArchiveQueries } from '#xmpp/archive.ts'
import { offersClientState } from '#xmpp/client-state.ts'
import { element, nameOf } from '#xmpp/element.ts'
import { passGate } from '#xmpp/incoming.ts'
import { readMessage } from '#xmpp/message.ts'
import { parseFrame } from '#xmpp/parse.ts'

const folder = new URL('stanzas/', import.meta.url)
const self = 'romeo@montague.example' as BareJid
const trust = { self, jid: `${self}/besedka` as FullJid, hasStanzaIds: true }

function read(xml: string): unknown {
  const frame = parseFrame(xml.trim())
  if (frame.kind !== 'element') return frame
  if (nameOf(frame.element) === 'features') return { kind: 'features', clientState: offersClientState(frame.element) }
  const queries = new ArchiveQueries()
  queries.open('q1', self)
  const event = passGate(frame.element, trust, queries)
  if (event.kind !== 'collected') return event
  const answer = parseFrame(element('iq', { xmlns: 'jabber:client' }))
  if (answer.kind !== 'element') return answer
  const [opened] = queries.close('q1', answer.element).items
  return opened ? { kind: 'message', message: readMessage(opened, trust) } : null
}

for (const xep of readdirSync(folder).sort()) {
  describe(xep, () => {
    const cases = readdirSync(new URL(`${xep}/`, folder)).filter((name) => name.endsWith('.xml'))
    it.each(cases.map((name) => name.slice(0, -4)))('%s', (name) => {
      const text = (ending: string): string => readFileSync(new URL(`${xep}/${name}.${ending}`, folder), 'utf8')
      expect(read(text('xml'))).toMatchObject(JSON.parse(text('json')) as object)
    })
  })
}
