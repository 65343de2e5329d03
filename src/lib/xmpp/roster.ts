/** Reads and changes the roster (RFC 6121 section 2). */
import type { Contact, Subscription } from '#model/contact.ts'
import { bareOf, readJid, type BareJid } from '#model/jid.ts'
import { cut } from '#model/text.ts'
import {
  attributeOf,
  childOf,
  childrenOf,
  element,
  escapeText,
  textOf,
  type Markup,
  type XMLElement,
} from './element.ts'
import { ns } from './namespace.ts'

/** One change of the roster; `contact` null: removed. */
export interface RosterItem {
  readonly jid: BareJid
  readonly contact: Contact | null
}

export interface RosterAnswer {
  readonly items: readonly RosterItem[]
  /** null: there is none, or not every item could be read, so that the server must tell them again. */
  readonly version: string | null
}

const subscriptions: ReadonlySet<string> = new Set(['none', 'to', 'from', 'both'])

export function readRoster(iq: XMLElement): RosterAnswer | null {
  const query = childOf(iq, 'query', ns.roster)
  if (!query) return null
  const told = childrenOf(query, 'item', ns.roster)
  const items = told.flatMap(readItem)
  return { items, version: items.length === told.length ? attributeOf(query, 'ver') : null }
}

function readItem(item: XMLElement): RosterItem[] {
  const read = readJid(attributeOf(item, 'jid'))
  if (read === null) return []
  const jid = bareOf(read)
  const subscription = attributeOf(item, 'subscription') ?? 'none'
  if (subscription === 'remove') return [{ jid, contact: null }]
  if (!subscriptions.has(subscription)) return []
  // Each once, also where two differ only behind what is kept of them.
  const groups = [...new Set(childrenOf(item, 'group', ns.roster).map((group) => cut(textOf(group), 200)))]
  const contact: Contact = {
    jid,
    name: cut(attributeOf(item, 'name') ?? '', 1_000),
    subscription: subscription as Subscription,
    isAsked: attributeOf(item, 'ask') === 'subscribe',
    groups: groups.filter((group) => group !== ''),
  }
  return [{ jid, contact }]
}

/** `version`: what we have; the server answers empty where nothing changed. null: the server has no versions. */
export function writeRosterQuery(version: string | null): Markup {
  return element('query', { xmlns: ns.roster, ver: version })
}

export function writeRosterSet(jid: BareJid, name: string, groups: readonly string[]): Markup {
  const item = element(
    'item',
    { jid, name: name === '' ? null : name },
    groups.map((group) => element('group', {}, escapeText(group))),
  )
  return element('query', { xmlns: ns.roster }, [item])
}

export function writeRosterRemove(jid: BareJid): Markup {
  return element('query', { xmlns: ns.roster }, [element('item', { jid, subscription: 'remove' })])
}

/** True where this push is from our own account, which alone may change our roster; no resource may (RFC 6121 section 2.1.6). */
export function isOwnPush(iq: XMLElement, self: BareJid): boolean {
  const from = attributeOf(iq, 'from')
  return from === null || from === self
}
