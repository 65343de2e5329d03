/**
 * Reads an opened message stanza into its parts, and writes ours. Pure: where it belongs is decided later.
 *
 * @xep 0184 Message Delivery Receipts 1.4.0
 * @xep 0333 Displayed Markers 1.0.0
 * @xep 0334 Message Processing Hints 1.0.0
 * @xep 0380 Explicit Message Encryption 0.4.0
 */
import type { IncomingMessage } from '#model/incoming.ts'
import { bareOf, readJid, resourceOf, type BareJid } from '#model/jid.ts'
import type { Part } from '#model/message.ts'
import {
  attributeOf,
  childElements,
  childOf,
  element,
  escapeText,
  markupOf,
  nameOf,
  namespaceOf,
  textOf,
  type Markup,
  type XMLElement,
} from './element.ts'
import { isWrittenAsOurs, type Opened, type Trust } from './forwarded.ts'
import { ns } from './namespace.ts'

/** Longest unknown XML that is kept with a message, in characters. */
const rawLimit = 65_536

const sealedBy: ReadonlyMap<string, string> = new Map([
  [`encrypted ${ns.omemo}`, 'omemo'],
  [`encrypted ${ns.omemo2}`, 'omemo:2'],
  [`openpgp ${ns.openpgp}`, 'openpgp'],
  [`x ${ns.pgp}`, 'pgp'],
])

/** Elements that say nothing worth keeping once the message is read. */
const spent: ReadonlySet<string> = new Set([
  ns.stanzaId,
  ns.delay,
  ns.hints,
  ns.receipts,
  ns.chatMarkers,
  ns.chatStates,
  ns.eme,
  ns.carbons,
  'urn:xmpp:mam:tmp',
])

/** What a stanza means for us; null: nothing to store (a chat state, a room's message, an error). */
export function readMessage(opened: Opened, trust: Trust): IncomingMessage | null {
  const { stanza } = opened
  const type = attributeOf(stanza, 'type') ?? 'normal'
  if (type === 'groupchat' || type === 'error') return null
  // Private messages of rooms belong to their room, which is not joined here.
  if (childOf(stanza, 'x', ns.mucUser)) return null
  // An address that is left out is our own; one that cannot be read is nobody's, least of all ours.
  const from = readJid(attributeOf(stanza, 'from') ?? (opened.via === 'archive' ? null : trust.self))
  const to = readJid(attributeOf(stanza, 'to') ?? trust.self)
  if (from === null || to === null) return null
  const senderJid = bareOf(from)
  const isOwn = senderJid === trust.self
  if (isOwn && !isWrittenAsOurs(attributeOf(stanza, 'from'), trust.self)) return null
  // A live message "from ourselves" comes from another device of ours, or from us; to whom it went tells the conversation.
  const peer: BareJid = isOwn ? bareOf(to) : senderJid
  if (!isOwn && opened.via !== 'live' && bareOf(to) !== trust.self) return null
  const parts = readParts(stanza)
  const raw = readRaw(stanza)
  if (parts.length === 0 && raw === null) return null
  const sealed = parts.find((part) => part.kind === 'sealed')
  return {
    peer,
    isOwn,
    senderJid,
    senderResource: resourceOf(from),
    via: opened.via,
    stamp: opened.stamp,
    messageId: idOf(attributeOf(stanza, 'id')),
    originId: idOf(attributeOfChild(stanza, 'origin-id', ns.stanzaId, 'id')),
    archiveId: opened.archiveId,
    by: opened.by,
    content: { parts, raw },
    encryption: sealed ? { scheme: sealed.scheme, trust: null } : null,
    wantsReceipt: isAsked(stanza, isOwn, 'request', ns.receipts),
    wantsDisplayed: isAsked(stanza, isOwn, 'markable', ns.chatMarkers),
  }
}

function readParts(stanza: XMLElement): Part[] {
  const parts: Part[] = []
  const scheme = childElements(stanza).map((child) => sealedBy.get(`${nameOf(child)} ${namespaceOf(child)}`))
  const sealed = scheme.find((name) => name !== undefined)
  if (sealed !== undefined) parts.push({ kind: 'sealed', scheme: sealed })
  const body = bodyOf(stanza)
  // The body beside a seal is a sentence of the sender's program, not of the sender.
  if (body !== '' && sealed === undefined) parts.push({ kind: 'text', body })
  const received = idOf(attributeOfChild(stanza, 'received', ns.receipts, 'id'))
  if (received !== null) parts.push({ kind: 'marker', marker: 'received', of: received })
  const displayed = idOf(attributeOfChild(stanza, 'displayed', ns.chatMarkers, 'id'))
  if (displayed !== null) parts.push({ kind: 'marker', marker: 'displayed', of: displayed })
  return parts
}

/** Somebody else wants an answer, and the message has an id to name in it. */
function isAsked(stanza: XMLElement, isOwn: boolean, name: string, namespace: string): boolean {
  return !isOwn && childOf(stanza, name, namespace) !== null && idOf(attributeOf(stanza, 'id')) !== null
}

/** RFC 6121 section 5.2.3: several bodies differ in language; the one without, or else the first, is taken. */
function bodyOf(stanza: XMLElement): string {
  const bodies = childElements(stanza).filter((child) => nameOf(child) === 'body' && namespaceOf(child) === ns.client)
  const plain = bodies.find((body) => attributeOf(body, 'xml:lang') === null) ?? bodies[0]
  return textOf(plain ?? null)
}

/** The children that were not understood, as XML; null: none, or too large to keep. */
function readRaw(stanza: XMLElement): string | null {
  const unknown = childElements(stanza).filter((child) => {
    const namespace = namespaceOf(child)
    return namespace !== ns.client && !spent.has(namespace)
  })
  if (unknown.length === 0) return null
  const raw = unknown.map((child) => markupOf(child)).join('')
  return raw.length <= rawLimit ? raw : null
}

function attributeOfChild(stanza: XMLElement, name: string, namespace: string, attribute: string): string | null {
  const child = childOf(stanza, name, namespace)
  return child ? attributeOf(child, attribute) : null
}

/** Ids are keys of an index; one that is empty or enormous is none. */
function idOf(id: string | null): string | null {
  return id === null || id === '' || id.length > 1_023 ? null : id
}

/** The finished stanza of a text message; the same bytes are sent at every try. */
export function writeText(to: BareJid, originId: string, body: string): Markup {
  return element('message', { xmlns: ns.client, to, id: originId, type: 'chat' }, [
    element('body', {}, escapeText(body)),
    element('origin-id', { xmlns: ns.stanzaId, id: originId }),
    element('request', { xmlns: ns.receipts }),
    element('markable', { xmlns: ns.chatMarkers }),
  ])
}

/** XEP-0184 section 5.3 and XEP-0333 section 4: an empty message, which other devices of both sides should find later. */
export function writeMark(to: BareJid, id: string, marker: 'received' | 'displayed', of: string): Markup {
  const xmlns = marker === 'received' ? ns.receipts : ns.chatMarkers
  return element('message', { xmlns: ns.client, to, id, type: 'chat' }, [
    element(marker, { xmlns, id: of }),
    element('store', { xmlns: ns.hints }),
  ])
}

/** XEP-0198 section 8: what is sent again says when it was first sent; once, however often that is. */
export function withDelay(wire: string, firstAt: number, self: BareJid): string {
  // Text has no "<" in XML, so this can only be the element that an earlier try put there.
  if (/<delay [^<]*\/><\/message>$/.test(wire)) return wire
  const delay = element('delay', { xmlns: ns.delay, from: self, stamp: new Date(firstAt).toISOString() })
  // Not `replace` with a string: an address may hold what that takes for a pattern ("$`").
  return `${wire.slice(0, -'</message>'.length)}${delay}</message>`
}
