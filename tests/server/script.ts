// The pieces scripts are made of. An honest conversation is `honest()`; a lie replaces or cuts a piece of it.
import type { Script, Step } from './lying-server.ts'

const framing = 'urn:ietf:params:xml:ns:xmpp-framing'
const stream = 'http://etherx.jabber.org/streams'

export const open = (from = '{domain}'): Step => ({
  send: `<open xmlns="${framing}" from="${from}" id="s1" version="1.0" xml:lang="en"/>`,
})

export const features = (inside: string): Step => ({
  send: `<stream:features xmlns:stream="${stream}">${inside}</stream:features>`,
})

export const mechanisms = (...names: string[]): Step =>
  features(
    `<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl">${names.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`,
  )

export const refusal = (condition: string): Step => ({
  send: `<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><${condition}/><text>no</text></failure>`,
})

export const streamError = (condition: string): Step => ({
  send: `<stream:error xmlns:stream="${stream}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`,
})

export const challenge = (text = '{first}'): Step => ({ sasl: 'challenge', text })
export const success = (text: string | null = 'v={signature}'): Step => ({ sasl: 'success', text })
export const expect = (name: string): Step => ({ expect: name })

/** Up to the features, with these mechanisms on offer. */
export const greeting = (...offered: string[]): Step[] => [
  expect('open'),
  open(),
  mechanisms(...(offered.length > 0 ? offered : ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'])),
]

/** Up to the client's proof. */
export const asked = (serverFirst = '{first}'): Step[] => [
  ...greeting(),
  expect('auth'),
  challenge(serverFirst),
  expect('response'),
]

/** Up to the server's proof. */
export const proven = (): Step[] => [...asked(), { check: 'proof' }, success()]

/** The second opening, up to where the client asks to bind. */
export const bindable = (): Step[] => [
  ...proven(),
  expect('open'),
  open(),
  features('<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>'),
  expect('iq'),
]

export const bound = (address = '{full}'): Step => ({
  send: `<iq xmlns="jabber:client" type="result" id="{id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>${address}</jid></bind></iq>`,
})

/** A whole honest session, and what is sent once it is open. */
export const honest = (...then: Step[]): Script => ({ steps: [...bindable(), bound(), { serve: true }, ...then] })

export const script = (...steps: Step[]): Script => ({ steps })
