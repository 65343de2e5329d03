/** Maps stanza errors to failures that people can be told (RFC 6120 section 8.3.3). */
import type { Failure, FailureName, Remedy } from '#model/failure.ts'
import { domainOf, type BareJid } from '#model/jid.ts'
import { attributeOf, childElements, nameOf, namespaceOf, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'

const names: Readonly<Record<string, FailureName>> = {
  'item-not-found': 'recipient-unknown',
  'jid-malformed': 'address-invalid',
  'service-unavailable': 'recipient-unreachable',
  'recipient-unavailable': 'recipient-unreachable',
  gone: 'recipient-unknown',
  'remote-server-not-found': 'recipient-unreachable',
  'remote-server-timeout': 'recipient-unreachable',
  'policy-violation': 'not-allowed',
  forbidden: 'not-allowed',
  'not-allowed': 'not-allowed',
  'not-authorized': 'not-allowed',
  'registration-required': 'not-allowed',
  'subscription-required': 'not-allowed',
  'feature-not-implemented': 'not-supported',
}

/** The condition of an error stanza; empty where none is said. */
function conditionOf(stanza: XMLElement): string {
  const error = childElements(stanza).find((child) => nameOf(child) === 'error')
  if (!error) return ''
  const condition = childElements(error).find(
    (child) => namespaceOf(child) === ns.stanzaErrors && nameOf(child) !== 'text',
  )
  return condition ? nameOf(condition) : ''
}

/** `type='wait'` means later; everything else is final until the person changes something. */
export function failureOfStanza(stanza: XMLElement): [FailureName, Remedy, string] {
  const error = childElements(stanza).find((child) => nameOf(child) === 'error')
  const condition = conditionOf(stanza)
  const remedy: Remedy = error && attributeOf(error, 'type') === 'wait' ? 'wait' : 'ask'
  return [names[condition] ?? 'stanza-refused', remedy, condition]
}

/** What a condition means for a message that came back, where that is more than it says. */
const ofMessage: Readonly<Record<string, FailureName>> = {
  // The account's own server answers so for it: no such account, blocked, or not there and nothing is kept (RFC 6121 section 8.5).
  'service-unavailable': 'not-delivered',
  'recipient-unavailable': 'not-delivered',
}

/** The failure of a message of `self` to `peer` that came back. */
export function bounceFailure(stanza: XMLElement, self: BareJid, peer: BareJid): Failure {
  const [name, remedy, cause] = failureOfStanza(stanza)
  // So answers a server that talks to no other one, in the name of the addressee (Prosody without s2s), or refuses this one.
  const isRefused = cause === 'not-allowed' && domainOf(peer) !== domainOf(self)
  return { what: isRefused ? 'not-federated' : (ofMessage[cause] ?? name), remedy, cause }
}
