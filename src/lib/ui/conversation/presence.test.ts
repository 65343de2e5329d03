import { expect, test } from 'vitest'
import type { BareJid } from '#model/jid.ts'
import type { Availability, Contact } from '#model/contact.ts'
import { presenceKey } from './presence.ts'

function key(subscription: Contact['subscription'] | null, availability: Availability) {
  const contact = subscription && { jid: 'a@b' as BareJid, name: '', subscription, isAsked: false, groups: [] }
  return presenceKey({ contact, presence: { availability, status: '' } })
}

test('who is here is said; "offline" only where we may know', () => {
  expect(key('both', 'away')).toBe('presence.away')
  expect(key('both', 'offline')).toBe('presence.offline')
  expect(key('to', 'offline')).toBe('presence.offline')
  expect(key('from', 'offline')).toBe('presence.hidden')
  expect(key('none', 'offline')).toBe('presence.hidden')
  expect(key(null, 'offline')).toBe('presence.unknown')
  expect(key(null, 'available')).toBe('presence.available')
})
