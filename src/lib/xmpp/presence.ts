/**
 * Reads presence and writes ours (RFC 6121 sections 3 and 4).
 */
import type { Availability } from '#model/contact.ts'
import { cut } from '#model/text.ts'
import { bareOf, readJid, type BareJid, type FullJid } from '#model/jid.ts'
import { attributeOf, childOf, element, textOf, type Markup, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'

export type IncomingPresence =
  | {
      readonly kind: 'presence'
      readonly jid: FullJid | BareJid
      readonly availability: Availability
      readonly status: string
      readonly priority: number
    }
  | { readonly kind: 'subscription'; readonly jid: BareJid; readonly text: string }
  | { readonly kind: 'unsubscription'; readonly jid: BareJid }

const shows: ReadonlySet<string> = new Set(['chat', 'away', 'xa', 'dnd'])

/** null: nothing for the roster (a room's presence, an error, an answer that the roster push tells better). */
export function readPresence(stanza: XMLElement): IncomingPresence | null {
  const from = readJid(attributeOf(stanza, 'from'))
  if (from === null || childOf(stanza, 'x', ns.mucUser)) return null
  const jid = from as FullJid | BareJid
  const status = cut(textOf(childOf(stanza, 'status', ns.client)), 1_000)
  switch (attributeOf(stanza, 'type')) {
    case null: {
      const show = textOf(childOf(stanza, 'show', ns.client)).trim()
      const priority = Math.max(
        -128,
        Math.min(127, Math.trunc(Number(textOf(childOf(stanza, 'priority', ns.client)))) || 0),
      )
      const availability = shows.has(show) ? (show as Availability) : 'available'
      return { kind: 'presence', jid, availability, status, priority }
    }
    case 'unavailable':
      return { kind: 'presence', jid, availability: 'offline', status: '', priority: 0 }
    case 'subscribe':
      return { kind: 'subscription', jid: bareOf(from), text: status }
    case 'unsubscribe':
      return { kind: 'unsubscription', jid: bareOf(from) }
    default:
      return null
  }
}

/** Our availability, with what we can do. */
export function writePresence(capabilities: Markup): Markup {
  return element('presence', { xmlns: ns.client }, [capabilities])
}

export function writeSubscription(
  to: BareJid,
  type: 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed',
): Markup {
  return element('presence', { xmlns: ns.client, to, type })
}
