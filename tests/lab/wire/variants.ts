// Variants of a stanza: a few of its addresses, types, ids and namespaces, wherever they stand, become those of somebody else.
import { escapeXml, parseXml, type Element } from '../../peer/xml.ts'
import type { Dice } from '../engine/dice.ts'

/** null: the attribute goes. */
type Values = readonly (string | null)[]

const addresses: Values = [
  ...['{self}', '{full}', '{self}/phone', '{contact}', '{contact}/balcony', '{other}', '{other}/x', '{stranger}'],
  ...[
    '{stranger}/x',
    '{domain}',
    '{contactDomain}',
    'evil.example',
    '{room}',
    '{room}/nick',
    '',
    null,
    'a@b@c',
    '@',
    '/',
  ],
  ...[
    '{SELF}',
    '{localWide}@{domain}',
    '{self}.',
    '{self}.evil.example',
    '{self}\u200b',
    ' {self}',
    '{stranger}/{self}',
  ],
]
const ids: Values = ['{ours}', '{theirs}', '{asked}', '{theirsArchived}', '{query}', 'fresh', '', null, '__proto__']
const values: Readonly<Record<string, Values>> = {
  from: addresses,
  to: addresses,
  by: addresses,
  jid: addresses,
  type: [
    ...['chat', 'normal', 'groupchat', 'headline', 'error', 'get', 'set', 'result', 'subscribe', 'subscribed'],
    ...['unsubscribe', 'unsubscribed', 'unavailable', 'probe', 'constructor', '', null],
  ],
  id: ids,
  queryid: ['{query}', '{over}', 'never', '', null, '{query} '],
  xmlns: [
    ...['jabber:client', 'jabber:server', 'urn:xmpp:carbons:2', 'urn:xmpp:forward:0', 'urn:xmpp:mam:2', ''],
    ...['jabber:iq:roster', 'urn:xmpp:receipts', 'urn:evil', null],
  ],
}
const names = Object.keys(values)

/** The stanza with one to three swaps; null where it is not well-formed, which is the matter of mutations. */
export function variantOf(stanza: string, dice: Dice): string | null {
  let root: Element
  try {
    root = parseXml(stanza)
  } catch {
    return null
  }
  const all = elementsOf(root)
  for (let swaps = dice.between(1, 3); swaps > 0; swaps--) {
    // The outermost decides most.
    const element = dice.roll() < 0.5 ? root : dice.pick(all)
    const attribute = pickAttribute(element, element === root, dice)
    const value = dice.pick(values[attribute] ?? [null])
    if (value === null) Reflect.deleteProperty(element.attrs, attribute)
    else element.attrs[attribute] = value
  }
  return written(root)
}

function pickAttribute(element: Element, isRoot: boolean, dice: Dice): string {
  const present = names.filter((name) => element.attrs[name] !== undefined)
  if (isRoot && dice.roll() < 0.6) return dice.pick(['from', 'from', 'to', 'type', 'id'])
  return present.length > 0 ? dice.pick(present) : dice.pick(names)
}

function elementsOf(element: Element): Element[] {
  return [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : elementsOf(child)))]
}

function written(element: Element): string {
  const attributes = Object.entries(element.attrs).map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
  const inside = element.children.map((child) => (typeof child === 'string' ? escapeXml(child) : written(child)))
  return `<${element.name}${attributes.join('')}>${inside.join('')}</${element.name}>`
}
