// Who may say what: the oracle of the laboratory, written from RFC 6120, 6121, 7622 and the XEPs, and from nothing of the product.
// It says what one frame of the server may change; what is left out of it may change nothing. "May" is not "must".
import { parseXml, type Element } from '../../peer/xml.ts'
import { nothing, type Allowed } from './allowed.ts'

/** What is known before the frame comes. */
export interface Known {
  /** Bare, canonical. */
  readonly self: string
  readonly full: string
  /** Bare addresses in the contact list. */
  readonly contacts: ReadonlySet<string>
  /** Whom messages of ours went to, by id; another device may use an id again. */
  readonly sent: ReadonlyMap<string, ReadonlySet<string>>
  /** Open archive queries of ours. */
  readonly queries: ReadonlySet<string>
  /** Ids of questions to our own server that ask for the roster. */
  readonly asked: ReadonlySet<string>
}

interface Node {
  readonly name: string
  readonly ns: string
  readonly attrs: Readonly<Record<string, string>>
  readonly children: readonly Node[]
  readonly text: string
}

/** Nameprep maps these to nothing (RFC 3454 table B.1), in host names. */
const unseen = /\u00AD|\u034F|\u1806|[\u180B-\u180D]|[\u200B-\u200D]|\u2060|[\uFE00-\uFE0F]|\uFEFF/gu

/** An address without its resource, in the form in which addresses are compared (RFC 7622 section 3); null: none. */
export function bare(address: string | undefined): string | null {
  if (address === undefined) return null
  const slash = address.indexOf('/')
  const both = slash < 0 ? address : address.slice(0, slash)
  const at = both.indexOf('@')
  const domain = both.slice(at + 1).replace(unseen, '')
  if (at === 0 || domain === '' || /[\s@<>"&']/.test(domain) || slash === address.length - 1) return null
  // An ideographic full stop parts labels as well (RFC 5895 section 2).
  const canonical = `${both.slice(0, at + 1)}${domain}`.normalize('NFKC').toLowerCase()
  return canonical.replace(/\u3002(?=[^@]*$)/g, '.').replace(/\.$/, '')
}

/** Resolves prefixes (Namespaces in XML 1.0); the bot's reader knows only the default one. */
function resolved(element: Element, outer: Readonly<Record<string, string>>): Node {
  const scope = { ...outer }
  for (const [key, value] of Object.entries(element.attrs)) {
    if (key === 'xmlns') scope[''] = value
    else if (key.startsWith('xmlns:')) scope[key.slice(6)] = value
  }
  const colon = element.name.indexOf(':')
  return {
    name: element.name.slice(colon + 1),
    ns: scope[colon < 0 ? '' : element.name.slice(0, colon)] ?? '',
    attrs: element.attrs,
    children: element.children.flatMap((child) => (typeof child === 'string' ? [] : [resolved(child, scope)])),
    text: element.children.filter((child) => typeof child === 'string').join(''),
  }
}

const children = (node: Node | undefined, name: string, ns: string): Node[] =>
  (node?.children ?? []).filter((child) => child.name === name && child.ns === ns)
const client = 'jabber:client'

/** What the frame may change; nothing where it is not one element. */
export function rightsOf(frame: string, known: Known): Allowed {
  let root: Node
  try {
    root = resolved(parseXml(frame), {})
  } catch {
    return nothing
  }
  if (root.ns !== client) return nothing
  if (root.name === 'message') return ofMessage(root, known)
  if (root.name === 'presence') return ofPresence(root, known)
  return root.name === 'iq' ? ofIq(root, known) : nothing
}

function ofMessage(root: Node, known: Known): Allowed {
  const { self } = known
  const { from, type } = root.attrs
  const isAccount = from === self
  const [result] = children(root, 'result', 'urn:xmpp:mam:2')
  if (result) {
    // XEP-0313: our own archive, which may leave the address out, for a query of ours that is open; the wrapper is not the message.
    const isOpen = known.queries.has(result.attrs['queryid'] ?? '')
    if ((isAccount || from === undefined) && isOpen && result.attrs['id'] !== undefined)
      return { ...said(forwardedIn(result), known, 'archive'), coverage: true }
    // What else such a message says, its sender says of himself.
    return type === 'error' ? nothing : said(root, known, 'live')
  }
  if (type === 'error') return ofError(root, known)
  const reads = isAccount ? readsIn(root) : []
  if (reads.length > 0) return { ...nothing, reads }
  const wrappers = [
    ...children(root, 'received', 'urn:xmpp:carbons:2'),
    ...children(root, 'sent', 'urn:xmpp:carbons:2'),
  ]
  if (wrappers.length > 0 && isAccount) {
    // XEP-0280 section 11: from the bare address of the account alone, and about the account.
    const all = wrappers.map((wrapper) => {
      const inner = forwardedIn(wrapper)
      if (!inner || inner.attrs['type'] === 'error') return nothing
      const ours = bare(wrapper.name === 'sent' ? inner.attrs['from'] : (inner.attrs['to'] ?? self))
      return ours === self ? said(inner, known, 'carbon') : nothing
    })
    return {
      ...nothing,
      messages: all.flatMap((each) => each.messages),
      fates: all.flatMap((each) => each.fates),
      readBy: all.flatMap((each) => each.readBy),
      reads: all.flatMap((each) => each.reads),
    }
  }
  return said(root, known, 'live')
}

/** XEP-0490: how far our devices have read, by address; XEP-0060 section 7.1.2.1: an event comes from the node's owner. */
function readsIn(root: Node): string[] {
  const event = 'http://jabber.org/protocol/pubsub#event'
  return children(root, 'event', event)
    .flatMap((each) => children(each, 'items', event))
    .filter(({ attrs }) => attrs['node'] === 'urn:xmpp:mds:displayed:0')
    .flatMap((items) => children(items, 'item', event))
    .flatMap(({ attrs }) => bare(attrs['id']) ?? [])
}

function forwardedIn(wrapper: Node): Node | undefined {
  return children(children(wrapper, 'forwarded', 'urn:xmpp:forward:0')[0], 'message', client)[0]
}

/** What a message says of itself (RFC 6121 section 5, XEP-0184). */
function said(message: Node | undefined, { self, sent }: Known, via: 'live' | 'carbon' | 'archive'): Allowed {
  if (!message) return nothing
  const { type, from, to } = message.attrs
  if (type === 'groupchat' || type === 'error') return nothing
  if (children(message, 'x', 'http://jabber.org/protocol/muc#user').length > 0) return nothing
  // RFC 6120 section 8.1.2.1: what comes without an address comes from our own account.
  const sender = from === undefined && via !== 'archive' ? self : bare(from)
  if (sender === null) return nothing
  const isOwn = sender === self
  // Only as our server writes it.
  if (isOwn && from !== undefined && from !== self && !from.startsWith(`${self}/`)) return nothing
  const addressee = to === undefined ? self : bare(to)
  const peer = isOwn ? addressee : sender
  if (peer === null || (!isOwn && via !== 'live' && addressee !== self)) return nothing
  const texts = children(message, 'body', client).map(({ text }) => text)
  // XEP-0333: up to a message, so of all before it; our own devices tell it of what was said to us.
  const displayed = children(message, 'displayed', 'urn:xmpp:chat-markers:0').length > 0 ? [peer] : []
  const confirmed = children(message, 'received', 'urn:xmpp:receipts').map(({ attrs }) => attrs['id'] ?? '')
  return {
    ...nothing,
    messages: [{ peer, isOwn, texts }],
    readBy: isOwn ? [] : displayed,
    reads: isOwn ? displayed : [],
    fates: isOwn ? [] : confirmed.filter((id) => sent.get(id)?.has(sender)),
  }
}

/** RFC 6120 section 8.3.1: an error comes from where the message went. */
function ofError(root: Node, { sent }: Known): Allowed {
  const id = root.attrs['id'] ?? ''
  const from = bare(root.attrs['from'])
  return from !== null && sent.get(id)?.has(from) ? { ...nothing, fates: [id] } : nothing
}

/** RFC 6121 sections 3 and 4. */
function ofPresence(root: Node, { self, contacts }: Known): Allowed {
  const { from, type } = root.attrs
  const who = bare(from)
  if (who === null || from === undefined) return nothing
  if (type === 'subscribe' || type === 'unsubscribe') return who === self ? nothing : { ...nothing, requests: [who] }
  if (type !== undefined && type !== 'unavailable') return nothing
  if (children(root, 'x', 'http://jabber.org/protocol/muc#user').length > 0) return nothing
  if (who !== self && !contacts.has(who)) return nothing
  const slash = from.indexOf('/')
  return { ...nothing, presence: [slash < 0 ? who : `${who}${from.slice(slash)}`] }
}

/** RFC 6121 section 2.1.6, RFC 6120 section 8.1.2.1. */
function ofIq(root: Node, { self, full, asked }: Known): Allowed {
  const { from, type, id } = root.attrs
  const domain = self.slice(self.indexOf('@') + 1)
  const isAccount = from === undefined || from === self
  const isAnswer = type === 'result' && asked.has(id ?? '') && (isAccount || from === full || from === domain)
  if (!isAnswer && !(type === 'set' && isAccount)) return nothing
  const items = children(root, 'query', 'jabber:iq:roster').flatMap((query) =>
    children(query, 'item', 'jabber:iq:roster'),
  )
  const named = items.map((item) => bare(item.attrs['jid']) ?? '')
  // An answer is the whole list: who is not in it is gone.
  return isAnswer ? { ...nothing, roster: '*' } : { ...nothing, roster: named }
}
