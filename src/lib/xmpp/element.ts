/**
 * Reads XML elements that came from the wire and writes elements as text for the wire.
 * Tolerant and linear: what is not there is `null`, never a throw. What an element means is left to the other files here.
 */
import type { XMLElement } from 'stanza/jxt'

export type { XMLElement }

declare const markup: unique symbol
/** Text that already is XML. Only `element` and `escapeText` make it, so that text of a peer cannot become markup. */
export type Markup = string & { readonly [markup]: true }

/** Attribute values; `null` and `undefined` leave the attribute out. */
export type AttributeValues = Readonly<Record<string, string | number | boolean | null | undefined>>

const NAME = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/
// The characters XML 1.0 section 2.2 allows, turned round; the flag u makes lone surrogates match as well.
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
  // A parser would turn these into a space or a line feed (XML 1.0 sections 2.11 and 3.3.3).
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
])

/** The local name, without a prefix. */
export function nameOf(element: XMLElement): string {
  return element.name.slice(element.name.indexOf(':') + 1)
}

/** The namespace of the element, by its prefix or the nearest default; empty when none is declared. */
export function namespaceOf(element: XMLElement): string {
  const colon = element.name.indexOf(':')
  const wanted = colon < 0 ? 'xmlns' : `xmlns:${element.name.slice(0, colon)}`
  for (let at: XMLElement | undefined = element; at !== undefined; at = at.parent) {
    const declared = attributeOf(at, wanted)
    if (declared !== null) return declared
  }
  return ''
}

/** The value of an attribute by its written name (`id`, `xml:lang`); `null` when it is not there. */
export function attributeOf(element: XMLElement, name: string): string | null {
  return Object.hasOwn(element.attributes, name) ? (element.attributes[name] ?? null) : null
}

/** All child elements, in order; text is left out. */
export function childElements(element: XMLElement): XMLElement[] {
  return element.children.filter((child): child is XMLElement => typeof child !== 'string')
}

/** The child elements with this local name and namespace, in order. */
export function childrenOf(element: XMLElement, name: string, namespace: string): XMLElement[] {
  return childElements(element).filter((child) => matches(child, name, namespace))
}

/** The first child element with this local name and namespace, or `null`. */
export function childOf(element: XMLElement, name: string, namespace: string): XMLElement | null {
  for (const child of element.children) {
    if (typeof child !== 'string' && matches(child, name, namespace)) return child
  }
  return null
}

/** Whether the element itself has this local name and namespace. */
function matches(element: XMLElement, name: string, namespace: string): boolean {
  return nameOf(element) === name && namespaceOf(element) === namespace
}

/** The text directly inside the element (not of its children), joined; `null` gives the empty string. */
export function textOf(element: XMLElement | null): string {
  if (element === null) return ''
  return element.children.filter((child) => typeof child === 'string').join('')
}

/** The element as XML text that stands on its own: namespaces it inherited are declared on it. */
export function markupOf(element: XMLElement): Markup {
  return written(element, inherited(element))
}

/** The text without what XML 1.0 cannot carry: control characters, lone surrogates, U+FFFE and U+FFFF. */
function allowedText(text: string): string {
  return text.replace(FORBIDDEN, '')
}

/** Text as character data; characters XML cannot carry are left out. */
export function escapeText(text: string): Markup {
  return allowedText(text).replace(/[&<>\r]/g, (found) => ESCAPES.get(found) ?? found) as Markup
}

/** Text as the inside of a quoted attribute; characters XML cannot carry are left out. */
export function escapeAttribute(text: string): string {
  return allowedText(text).replace(/[&<>"'\t\n\r]/g, (found) => ESCAPES.get(found) ?? found)
}

/**
 * An element as XML text.
 * `name` and the attribute names are ours, never a peer's: a name XML does not allow is a programming error and throws.
 * Children are markup, made by `element` or `escapeText`; `null` among them is skipped.
 */
export function element(
  name: string,
  attributes: AttributeValues = {},
  children: Markup | readonly (Markup | null | undefined)[] = [],
): Markup {
  const inside = typeof children === 'string' ? children : children.map((child) => child ?? '').join('')
  let head = `<${checkedName(name)}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) head += ` ${checkedName(key)}="${escapeAttribute(String(value))}"`
  }
  return (inside === '' ? `${head}/>` : `${head}>${inside}</${name}>`) as Markup
}

function checkedName(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`not an XML name: ${name}`)
  return name
}

function inherited(element: XMLElement): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (let at: XMLElement | undefined = element; at !== undefined; at = at.parent) {
    for (const [key, value] of Object.entries(at.attributes)) {
      const isDeclaration = key === 'xmlns' || key.startsWith('xmlns:')
      if (isDeclaration && value !== undefined && !found.has(key)) found.set(key, value)
    }
  }
  return found
}

function written(element: XMLElement, extra: ReadonlyMap<string, string> = new Map()): Markup {
  let head = `<${element.name}`
  for (const [key, value] of Object.entries(element.attributes)) {
    if (value !== undefined) head += ` ${key}="${escapeAttribute(value)}"`
  }
  for (const [key, value] of extra) {
    if (!Object.hasOwn(element.attributes, key)) head += ` ${key}="${escapeAttribute(value)}"`
  }
  const inside = element.children.map((child) => (typeof child === 'string' ? escapeText(child) : written(child)))
  return (inside.length === 0 ? `${head}/>` : `${head}>${inside.join('')}</${element.name}>`) as Markup
}
