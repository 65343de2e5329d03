/** Maps stanza errors to failures that people can be told (RFC 6120 section 8.3.3). */
import type { Failure, FailureName, Remedy } from '#model/failure.ts'
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

export function stanzaFailure(stanza: XMLElement): Failure {
  const [what, remedy, cause] = failureOfStanza(stanza)
  return { what, remedy, cause }
}
