/**
 * The gate: what of a stanza may pass to the engine, and as what. Whatever nobody had the right to say ends here,
 * under a name that the forgery tests know.
 */
import type { Bounce, Displayed, IncomingMessage, Refusal } from '#model/incoming.ts'
import { bareOf, readJid } from '#model/jid.ts'
import type { ArchiveQueries } from './archive.ts'
import { readDisplayedEvent } from './displayed.ts'
import { attributeOf, childOf, nameOf, type XMLElement } from './element.ts'
import { openLive, openResult, type Trust } from './forwarded.ts'
import { readInquiry, type Inquiry } from './inquiry.ts'
import { readMessage } from './message.ts'
import { ns } from './namespace.ts'
import { readPresence, type IncomingPresence } from './presence.ts'
import { isOwnPush, readRoster, type RosterAnswer } from './roster.ts'
import { bounceFailure } from './stanza-error.ts'

export type WireEvent =
  | { readonly kind: 'message'; readonly message: IncomingMessage }
  | { readonly kind: 'bounce'; readonly bounce: Bounce }
  | { readonly kind: 'presence'; readonly presence: IncomingPresence }
  | { readonly kind: 'roster'; readonly answer: RosterAnswer }
  /** Somebody asks something of us; answered with `Wire.answer`. */
  | { readonly kind: 'inquiry'; readonly inquiry: Inquiry }
  | { readonly kind: 'displayed'; readonly displayed: readonly Displayed[] }
  /** Taken by an open archive query. */
  | { readonly kind: 'collected' }
  /** Left alone; `why` names the rule. */
  | { readonly kind: 'refused'; readonly why: Refusal }

export function passGate(stanza: XMLElement, trust: Trust, queries: ArchiveQueries): WireEvent {
  const name = nameOf(stanza)
  if (name === 'message') return passMessage(stanza, trust, queries)
  if (name === 'presence') {
    const presence = readPresence(stanza)
    return presence ? { kind: 'presence', presence } : { kind: 'refused', why: 'presence-of-no-concern' }
  }
  const pushed = attributeOf(stanza, 'type') === 'set' ? readRoster(stanza) : null
  if (pushed === null) {
    const inquiry = readInquiry(stanza, trust)
    return inquiry ? { kind: 'inquiry', inquiry } : { kind: 'refused', why: 'question-of-nobody' }
  }
  if (!isOwnPush(stanza, trust.self)) return { kind: 'refused', why: 'roster-push-of-a-stranger' }
  // Without an item it would bring nothing but a version, as if what belongs to that were here (RFC 6121 section 2.1.6).
  return { kind: 'roster', answer: pushed.items.length > 0 ? pushed : { ...pushed, version: null } }
}

function passMessage(stanza: XMLElement, trust: Trust, queries: ArchiveQueries): WireEvent {
  if (childOf(stanza, 'result', ns.mam)) {
    const result = openResult(stanza, trust)
    if (result === null || !queries.collect(result)) return { kind: 'refused', why: 'archive-result-not-asked-for' }
    return { kind: 'collected' }
  }
  if (attributeOf(stanza, 'type') === 'error') return passBounce(stanza, trust)
  const displayed = readDisplayedEvent(stanza, trust.self)
  // Only our own account's node says what we have read (XEP-0490 section 6); whoever publishes an event is named in it.
  if (displayed !== null)
    return attributeOf(stanza, 'from') === trust.self
      ? { kind: 'displayed', displayed }
      : { kind: 'refused', why: 'displayed-not-from-our-account' }
  const opened = openLive(stanza, trust)
  if (opened === null) return { kind: 'refused', why: 'carbon-not-from-our-account' }
  const message = readMessage(opened, trust)
  return message ? { kind: 'message', message } : { kind: 'refused', why: 'message-without-content' }
}

function passBounce(stanza: XMLElement, trust: Trust): WireEvent {
  const from = readJid(attributeOf(stanza, 'from'))
  const messageId = attributeOf(stanza, 'id')
  if (from === null || messageId === null) return { kind: 'refused', why: 'error-without-address' }
  const peer = bareOf(from)
  return { kind: 'bounce', bounce: { peer, messageId, failure: bounceFailure(stanza, trust.self, peer) } }
}
