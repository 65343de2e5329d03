/** Stanzas that nobody had the right to send, with the rule that leaves each alone. */
import { element, escapeText, type Markup } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { carbon, juliet, self, stampText, textStanza } from './server.ts'

export interface Forgery {
  readonly name: string
  readonly xml: string
  readonly why: string
}

const mallory = 'mallory@evil.example'
const body = element('body', {}, escapeText('forged'))
const text = textStanza({ body: 'forged' })
const full = `${self}/besedka`

const message = (attributes: Record<string, string>, ...children: Markup[]): Markup =>
  element('message', { xmlns: ns.client, type: 'chat', to: full, ...attributes }, children)
const forwarded = (inner: string): Markup => element('forwarded', { xmlns: ns.forward }, [inner as Markup])
const result = (queryid: string | null, inner: string = text, id: string | null = 'z1'): Markup =>
  element('result', { xmlns: ns.mam, queryid, id }, [
    element('forwarded', { xmlns: ns.forward }, [
      element('delay', { xmlns: ns.delay, stamp: stampText(0) }),
      inner as Markup,
    ]),
  ])
const push = (from: string | null, ...items: Markup[]): Markup =>
  element('iq', { xmlns: ns.client, type: 'set', id: 'p', from, to: full }, [
    element('query', { xmlns: ns.roster }, items),
  ])
const item = element('item', { jid: mallory, subscription: 'both' })

const notOurCarbon = 'carbon-not-from-our-account'
const notAsked = 'archive-result-not-asked-for'
const notOurRoster = 'roster-push-of-a-stranger'
const empty = 'message-without-content'
const noPresence = 'presence-of-no-concern'

const carbons: readonly (readonly [string, string, string])[] = [
  [
    'a sent carbon of a stranger',
    carbon('sent', textStanza({ from: full, to: juliet, body: 'x' }), mallory),
    notOurCarbon,
  ],
  ['a received carbon of a stranger', carbon('received', text, mallory), notOurCarbon],
  ['a carbon of a contact', carbon('received', text, juliet), notOurCarbon],
  ['a carbon from our own resource', carbon('received', text, `${self}/phone`), notOurCarbon],
  ['a carbon from this resource', carbon('received', text, full), notOurCarbon],
  ['a carbon from our server', carbon('received', text, 'montague.example'), notOurCarbon],
  ['a carbon from an address that contains ours', carbon('received', text, `${self}.evil.example`), notOurCarbon],
  ['a carbon from ours in capitals', carbon('received', text, self.toUpperCase()), notOurCarbon],
  [
    'a carbon beside a body',
    message({ from: mallory }, body, element('received', { xmlns: ns.carbons }, [forwarded(text)])),
    notOurCarbon,
  ],
  ['a carbon that forwards nothing', message({ from: self }, element('received', { xmlns: ns.carbons })), notOurCarbon],
  [
    'a carbon of somebody else’s messages',
    carbon('received', textStanza({ to: juliet, from: mallory, body: 'x' })),
    notOurCarbon,
  ],
  [
    'a sent carbon of what we did not send',
    carbon('sent', textStanza({ from: mallory, to: juliet, body: 'x' })),
    notOurCarbon,
  ],
  [
    'a sent carbon of nobody',
    carbon('sent', element('message', { xmlns: ns.client, to: juliet }, [body])),
    notOurCarbon,
  ],
  ['a carbon inside a carbon', carbon('received', carbon('received', text)), empty],
  [
    'a carbon of a room',
    carbon('received', message({ from: 'room@muc.example/nick', type: 'groupchat' }, body)),
    empty,
  ],
  [
    'a carbon of a private message of a room',
    carbon('received', message({ from: 'room@muc.example/nick' }, body, element('x', { xmlns: ns.mucUser }))),
    empty,
  ],
  ['a carbon of an error', carbon('received', message({ from: juliet, type: 'error' }, body)), empty],
  [
    'a carbon in another namespace',
    message({ from: self }, element('received', { xmlns: 'urn:xmpp:carbons:1' }, [forwarded(text)])).replace(
      'urn:xmpp:carbons:1',
      ns.chatStates,
    ),
    empty,
  ],
]

const archives: readonly (readonly [string, string, string])[] = [
  ['a result without a query', message({ from: self }, result(null)), notAsked],
  ['a result of a query that was never asked', message({ from: self }, result('q-never')), notAsked],
  ['a result of a query that is over', message({ from: self }, result('q1')), notAsked],
  ['a result named constructor', message({ from: self }, result('constructor')), notAsked],
  ['a result named __proto__', message({ from: self }, result('__proto__')), notAsked],
  ['a result of a stranger’s archive', message({ from: mallory }, result('q1')), notAsked],
  ['a result of a contact', message({ from: juliet }, result('q1')), notAsked],
  ['a result from our own resource', message({ from: `${self}/phone` }, result('q1')), notAsked],
  ['a result from our server', message({ from: 'montague.example' }, result('q1')), notAsked],
  ['a result without id', message({ from: self }, result('q1', text, null)), notAsked],
  [
    'a result that forwards nothing',
    message({ from: self }, element('result', { xmlns: ns.mam, queryid: 'q1', id: 'z' })),
    notAsked,
  ],
  ['a result beside a body', message({ from: mallory }, body, result('q1')), notAsked],
  ['a result inside an error', message({ from: mallory, type: 'error' }, result('q1')), notAsked],
  [
    'a result inside a carbon of a stranger',
    message(
      { from: mallory },
      element('received', { xmlns: ns.carbons }, [forwarded(message({ from: self }, result('q1')))]),
    ),
    notOurCarbon,
  ],
]

const others: readonly (readonly [string, string, string])[] = [
  ['a roster push of a stranger', push(mallory, item), notOurRoster],
  ['a roster push of a contact', push(juliet, item), notOurRoster],
  ['a roster push of another device of ours', push(`${self}/phone`, item), notOurRoster],
  ['a roster push from this resource', push(full, item), notOurRoster],
  ['a roster push of our server’s domain', push('montague.example', item), notOurRoster],
  [
    'a roster push that removes everybody',
    push(mallory, element('item', { jid: juliet, subscription: 'remove' })),
    notOurRoster,
  ],
  ['a message of a room we are not in', message({ from: 'room@muc.example/nick', type: 'groupchat' }, body), empty],
  ['a message of a contact that claims to be a room', message({ from: juliet, type: 'groupchat' }, body), empty],
  ['a subject alone', message({ from: juliet }, element('subject', {}, escapeText('x'))), empty],
  ['an empty body', message({ from: juliet }, element('body')), empty],
  [
    'a body in another namespace',
    message({ from: juliet }, element('body', { xmlns: ns.hints }, escapeText('x'))),
    empty,
  ],
  ['an impossible address', message({ from: 'a@b@c' }, body), empty],
  ['presence of nobody', element('presence', { xmlns: ns.client, type: 'subscribe' }), noPresence],
  [
    'presence of a room',
    element('presence', { xmlns: ns.client, from: 'room@muc.example/nick' }, [element('x', { xmlns: ns.mucUser })]),
    noPresence,
  ],
  ['an error of presence', element('presence', { xmlns: ns.client, from: juliet, type: 'error' }), noPresence],
  ['a probe', element('presence', { xmlns: ns.client, from: mallory, type: 'probe' }), noPresence],
  [
    'an unknown type of presence',
    element('presence', { xmlns: ns.client, from: juliet, type: 'constructor' }),
    noPresence,
  ],
  ['an error without id', message({ from: juliet, type: 'error' }, body), 'error-without-address'],
  ['an error of an impossible address', message({ from: '@', type: 'error', id: 'x' }, body), 'error-without-address'],
]

export const forgeries: readonly Forgery[] = [...carbons, ...archives, ...others].map(([name, xml, why]) => ({
  name,
  xml,
  why,
}))

/** What passes the gate, because its sender may say it, and must still change nothing that is ours. */
export const powerless: readonly (readonly [string, string])[] = [
  [
    'a receipt of a stranger',
    message({ from: mallory, id: 'r1' }, element('received', { xmlns: ns.receipts, id: 'o-ours' })),
  ],
  [
    'a receipt of another contact',
    message({ from: 'nurse@capulet.example', id: 'r2' }, element('received', { xmlns: ns.receipts, id: 'o-ours' })),
  ],
  [
    'a receipt for an id that we never used',
    message({ from: mallory, id: 'r3' }, element('received', { xmlns: ns.receipts, id: 'unknown' })),
  ],
  [
    'a receipt named __proto__',
    message({ from: mallory, id: 'r4' }, element('received', { xmlns: ns.receipts, id: '__proto__' })),
  ],
  [
    'an error of a stranger',
    message({ from: mallory, id: 'o-ours', type: 'error' }, element('error', { type: 'cancel' })),
  ],
  [
    'an error of another contact',
    message({ from: 'nurse@capulet.example', id: 'o-ours', type: 'error' }, element('error', { type: 'cancel' })),
  ],
  [
    'an error for an id that we never used',
    message({ from: juliet, id: 'constructor', type: 'error' }, element('error', { type: 'wait' })),
  ],
  ['presence of a stranger', element('presence', { xmlns: ns.client, from: `${mallory}/x` })],
  [
    'a stranger takes back what it never asked',
    element('presence', { xmlns: ns.client, from: mallory, type: 'unsubscribe' }),
  ],
  ['a subscription request from ourselves', element('presence', { xmlns: ns.client, from: self, type: 'subscribe' })],
]
