/**
 * Opens what others forwarded to us: carbons, archive results, delays, and says whose copy it is and when it was sent.
 * What is inside is read in message.ts. Everything here is a question of who had the right to say it.
 *
 * @xep 0280 Message Carbons 1.0.1
 * @xep 0297 Stanza Forwarding 1.0
 * @xep 0203 Delayed Delivery 2.0
 * @xep 0359 Unique and Stable Stanza IDs 0.7.0
 */
import { bareOf, domainOf, isBare, readJid, type BareJid, type FullJid } from '#model/jid.ts'
import type { Via } from '#model/message.ts'
import { attributeOf, childElements, childOf, childrenOf, nameOf, namespaceOf, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'

/** What we know of ourselves and our server, to judge by. */
export interface Trust {
  readonly self: BareJid
  readonly jid: FullJid | null
  /** Our server says that it removes foreign stanza ids (XEP-0359 section 6). */
  readonly hasStanzaIds: boolean
}

/**
 * Our server writes our address in one way only. Another spelling of it may be the address of somebody else there:
 * servers do not fold all that RFC 7622 folds. A missing one is ours (RFC 6120 section 8.1.2.1).
 */
export function isWrittenAsOurs(from: string | null, self: BareJid): boolean {
  return from === null || from === self || from.startsWith(`${self}/`)
}

/** A message without its wrapping. */
export interface Opened {
  readonly stanza: XMLElement
  readonly via: Via
  readonly archiveId: string | null
  readonly by: BareJid | null
  /** ms since the epoch, said by our own server; null: no trusted stamp. */
  readonly stamp: number | null
}

/** One result of an archive query, still closed. */
export interface ArchiveResult {
  readonly archive: BareJid
  readonly queryId: string
  readonly opened: Opened
}

/** A live message or a carbon; null: forged or empty, to be left alone. */
export function openLive(stanza: XMLElement, trust: Trust): Opened | null {
  const carbon = childElements(stanza).find(
    (child) => namespaceOf(child) === ns.carbons && (nameOf(child) === 'received' || nameOf(child) === 'sent'),
  )
  if (carbon) return openCarbon(stanza, carbon, trust)
  // A bare <forwarded/> is somebody's quotation, not a message to us.
  if (childOf(stanza, 'result', ns.mam)) return null
  const archiveId = stanzaIdBy(stanza, trust)
  return {
    stanza,
    via: 'live',
    archiveId,
    by: archiveId === null ? null : trust.self,
    stamp: trustedDelay(stanza, trust),
  }
}

function openCarbon(stanza: XMLElement, carbon: XMLElement, trust: Trust): Opened | null {
  // Only our own account may send us carbons; anyone else's is a forgery (XEP-0280 section 11).
  if (attributeOf(stanza, 'from') !== trust.self) return null
  const inner = forwardedMessage(carbon)
  if (inner === null) return null
  const from = readJid(attributeOf(inner, 'from'))
  const to = readJid(attributeOf(inner, 'to'))
  const ours = nameOf(carbon) === 'sent' ? from : to
  if (ours !== null && bareOf(ours) !== trust.self) return null
  if (nameOf(carbon) === 'sent' && from === null) return null
  const archiveId = stanzaIdBy(inner, trust)
  // The delay of a forwarded message is written by our server, which wrapped it.
  const stamp = stampOf(childOf(forwardedOf(carbon) ?? carbon, 'delay', ns.delay)) ?? trustedDelay(inner, trust)
  // Carbons come as they happen; their delay only says the same moment again.
  return { stanza: inner, via: 'carbon', archiveId, by: archiveId === null ? null : trust.self, stamp }
}

/** An archive result of `archive`; null: no result, or not from the archive it claims (XEP-0313 section 4). */
export function openResult(stanza: XMLElement, trust: Trust): ArchiveResult | null {
  const result = childOf(stanza, 'result', ns.mam)
  if (!result) return null
  // A missing `from` is our own account; a resource never speaks for an archive, nor does an address written otherwise.
  const from = attributeOf(stanza, 'from') ?? trust.self
  const archive = readJid(from)
  if (archive === null || !isBare(archive) || archive !== from) return null
  const archiveId = attributeOf(result, 'id')
  const queryId = attributeOf(result, 'queryid')
  const inner = forwardedMessage(result)
  if (archiveId === null || queryId === null || inner === null) return null
  const stamp = stampOf(childOf(forwardedOf(result) ?? result, 'delay', ns.delay))
  return { archive, queryId, opened: { stanza: inner, via: 'archive', archiveId, by: archive, stamp } }
}

function forwardedOf(wrapper: XMLElement): XMLElement | null {
  return childOf(wrapper, 'forwarded', ns.forward)
}

function forwardedMessage(wrapper: XMLElement): XMLElement | null {
  const forwarded = forwardedOf(wrapper)
  return forwarded ? childOf(forwarded, 'message', ns.client) : null
}

/**
 * The id our own archive gave: the last such element, because a server that appends its own
 * without removing a forged one lets the forged one stand first.
 */
function stanzaIdBy(stanza: XMLElement, trust: Trust): string | null {
  if (!trust.hasStanzaIds) return null
  const own = childrenOf(stanza, 'stanza-id', ns.stanzaId).filter((child) => attributeOf(child, 'by') === trust.self)
  const last = own.at(-1)
  const id = last ? attributeOf(last, 'id') : null
  // An id is a key of the store; messages that share an empty one would be taken for one message.
  return id === null || id === '' || id.length > 1_023 ? null : id
}

/** A delay counts only from our own server or account; the last one, as servers append theirs. */
function trustedDelay(stanza: XMLElement, trust: Trust): number | null {
  const domain = domainOf(trust.self)
  const own = childrenOf(stanza, 'delay', ns.delay).filter((child) => {
    const from = attributeOf(child, 'from')
    return from === trust.self || from === domain
  })
  return stampOf(own.at(-1) ?? null)
}

/** XEP-0082 date and time to ms; null where it is none. */
function stampOf(delay: XMLElement | null): number | null {
  const text = delay ? attributeOf(delay, 'stamp') : null
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return null
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(at) ? null : at
}
