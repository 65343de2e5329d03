/**
 * How far each conversation was read on our devices: one item a conversation in a node that only our account may see.
 * What follows from it for the read position is left to sync/displayed.ts.
 *
 * @xep 0490 Message Displayed Synchronization 1.0.1
 * @xep 0223 Persistent Storage of Private Data via PubSub 1.1.1
 * @xep 0163 Personal Eventing Protocol 1.2.2
 */
import type { Displayed } from '#model/incoming.ts'
import { isBare, readJid, type BareJid } from '#model/jid.ts'
import { attributeOf, childOf, childrenOf, element, escapeText, type Markup, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'

/** What the node must be like: whoever reads it would know with whom we talk, and when. */
const config: readonly (readonly [string, string])[] = [
  ['pubsub#persist_items', 'true'],
  ['pubsub#max_items', 'max'],
  ['pubsub#send_last_published_item', 'never'],
  ['pubsub#access_model', 'whitelist'],
]

/** The event of our own node in a message; null: the message is no such event. Who sent it is for the gate to judge. */
export function readDisplayedEvent(stanza: XMLElement, self: BareJid): readonly Displayed[] | null {
  const event = childOf(stanza, 'event', ns.pubsubEvent)
  const items = event ? childOf(event, 'items', ns.pubsubEvent) : null
  if (items === null || attributeOf(items, 'node') !== ns.displayed) return null
  return readItems(items, ns.pubsubEvent, self)
}

/** The answer to `writeDisplayedQuery`. */
export function readDisplayedItems(answer: XMLElement, self: BareJid): readonly Displayed[] {
  const pubsub = childOf(answer, 'pubsub', ns.pubsub)
  const items = pubsub ? childOf(pubsub, 'items', ns.pubsub) : null
  return items === null ? [] : readItems(items, ns.pubsub, self)
}

function readItems(items: XMLElement, namespace: string, self: BareJid): Displayed[] {
  return childrenOf(items, 'item', namespace).flatMap((item) => {
    const peer = readJid(attributeOf(item, 'id'))
    const displayed = childOf(item, 'displayed', ns.displayed)
    const id = displayed ? childOf(displayed, 'stanza-id', ns.stanzaId) : null
    const archiveId = id && attributeOf(id, 'by') === self ? attributeOf(id, 'id') : null
    if (peer === null || !isBare(peer) || archiveId === null || archiveId === '' || archiveId.length > 1_023) return []
    return [{ peer, archiveId }]
  })
}

export function writeDisplayedQuery(): Markup {
  return element('pubsub', { xmlns: ns.pubsub }, [element('items', { node: ns.displayed })])
}

/** The node is made as it must be, or the server refuses (XEP-0223 section 3). */
export function writeDisplayed({ peer, archiveId }: Displayed, self: BareJid): Markup {
  const id = element('stanza-id', { xmlns: ns.stanzaId, by: self, id: archiveId })
  const item = element('item', { id: peer }, [element('displayed', { xmlns: ns.displayed }, [id])])
  return element('pubsub', { xmlns: ns.pubsub }, [
    element('publish', { node: ns.displayed }, [item]),
    element('publish-options', {}, [form(ns.publishOptions)]),
  ])
}

/** Makes a node that another client left otherwise what it must be (XEP-0060 section 8.2.4). */
export function writeDisplayedConfiguration(): Markup {
  return element('pubsub', { xmlns: ns.pubsubOwner }, [
    element('configure', { node: ns.displayed }, [form(ns.nodeConfig)]),
  ])
}

function form(type: string): Markup {
  const field = (name: string, value: string, kind: string | null = null): Markup =>
    element('field', { var: name, type: kind }, [element('value', {}, escapeText(value))])
  return element('x', { xmlns: ns.dataForms, type: 'submit' }, [
    field('FORM_TYPE', type, 'hidden'),
    ...config.map(([name, value]) => field(name, value)),
  ])
}
