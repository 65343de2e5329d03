import { expect, it } from 'vitest'
import { announced } from './capability.ts'

it('announces what is implemented, and nothing else', () => {
  expect(announced).toEqual([
    'http://jabber.org/protocol/caps',
    'http://jabber.org/protocol/disco#info',
    'http://jabber.org/protocol/disco#items',
    'urn:xmpp:chat-markers:0',
    'urn:xmpp:mds:displayed:0+notify',
    'urn:xmpp:ping',
    'urn:xmpp:receipts',
  ])
})
