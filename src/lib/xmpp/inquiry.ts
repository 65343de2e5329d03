/**
 * What others ask of us by iq. Whether they may know that we are here is decided by the engine, which knows the roster;
 * what we can do is said in capability.ts.
 *
 * Source: RFC 6120 section 8.2.3, RFC 6121 section 8.5.3.2.3
 */
import { bareOf, domainOf, readJid, type BareJid } from '#model/jid.ts'
import { attributeOf, childElements, nameOf, namespaceOf, type XMLElement } from './element.ts'
import { isWrittenAsOurs, type Trust } from './forwarded.ts'
import { ns } from './namespace.ts'

export interface Inquiry {
  /** Who asks; null: our own server or account, which know that we are here. */
  readonly from: BareJid | null
  /** The address to answer to, as it was written; null: our server. */
  readonly to: string | null
  readonly id: string | null
  readonly asks: 'info' | 'items' | 'ping' | 'something else'
  /** Of a question about capabilities (XEP-0030). */
  readonly node: string
}

/** null: nothing is asked, or nobody could be answered. */
export function readInquiry(iq: XMLElement, trust: Trust): Inquiry | null {
  const type = attributeOf(iq, 'type')
  if (type !== 'get' && type !== 'set') return null
  const to = attributeOf(iq, 'from')
  const from = to === null ? null : readJid(to)
  if (to !== null && from === null) return null
  const [payload, second] = childElements(iq)
  const isOne = payload !== undefined && second === undefined && type === 'get'
  const isOurs = isWrittenAsOurs(to, trust.self) || to === domainOf(trust.self)
  return {
    from: from === null || isOurs ? null : bareOf(from),
    to,
    id: attributeOf(iq, 'id'),
    asks: isOne ? asked(payload) : 'something else',
    node: (payload && attributeOf(payload, 'node')) ?? '',
  }
}

function asked(payload: XMLElement): Inquiry['asks'] {
  const namespace = namespaceOf(payload)
  if (nameOf(payload) === 'ping' && namespace === ns.ping) return 'ping'
  if (nameOf(payload) !== 'query') return 'something else'
  return namespace === ns.discoInfo ? 'info' : namespace === ns.discoItems ? 'items' : 'something else'
}
