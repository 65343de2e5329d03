/** What is sent again says when it was first sent, once, whatever the address is made of. */
import { expect, it } from 'vitest'
import type { BareJid } from '#model/jid.ts'
import { withDelay, writeText } from './message.ts'

it.each(['anna@example.org', 'a$`b@example.org', 'a$$1@example.org'])('for %s', (self) => {
  const wire = writeText('boris@example.org' as BareJid, 'id', 'a body with </message> in it')
  const again = withDelay(wire, 0, self as BareJid)
  const delay = `<delay xmlns="urn:xmpp:delay" from="${self}" stamp="1970-01-01T00:00:00.000Z"/>`
  expect(again).toBe(`${wire.slice(0, -'</message>'.length)}${delay}</message>`)
  expect(withDelay(again, 1, self as BareJid)).toBe(again)
})
