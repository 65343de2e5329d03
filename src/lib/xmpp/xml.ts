/**
 * Turns one complete XML text into an element tree, in one pass and without recursion, with a limit on depth.
 * Made for hostile input: no DTD, no processing instruction, no entity but the five of XML and character references.
 * Stream frames are read by parse.ts, host-meta by host-meta.ts.
 */
import { XMLElement } from 'stanza/jxt'

export interface XmlLimits {
  /** The root is at depth 1. */
  readonly maxDepth: number
  /** Skip comments; without it a comment is an error, as in XMPP (RFC 6120 section 11.1). */
  readonly comments?: boolean
}

/** Why a text was not read: `malformed` breaks XML, `restricted` is XML that XMPP forbids. */
export class XmlError extends Error {
  readonly why: 'malformed' | 'restricted' | 'too-deep'
  /** The root, when its start tag was read before the error. */
  readonly root: XMLElement | null

  constructor(why: XmlError['why'], detail: string, root: XMLElement | null) {
    super(detail)
    this.name = 'XmlError'
    this.why = why
    this.root = root
  }
}

// eslint-disable-next-line no-control-regex -- exactly the characters XML 1.0 section 2.2 forbids
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/
const NAME = /[A-Za-z_\u00C0-\uFFFD][\w.\u00B7\u00C0-\uFFFD-]*(?::[A-Za-z_\u00C0-\uFFFD][\w.\u00B7\u00C0-\uFFFD-]*)?/y
// > / = and space
const ENDS_NAME: ReadonlySet<number> = new Set([0x3e, 0x2f, 0x3d, 0x20, 0x0a, 0x09])
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Reads a whole document. Throws XmlError; never anything else, and never returns a part of a tree. */
export function readXml(xml: string, limits: XmlLimits): XMLElement {
  return new Reader(xml, limits).document()
}

/** Reads only the start tag of the root, however long the text behind it is; `null` when there is none. */
export function readRootTag(xml: string): XMLElement | null {
  try {
    return new Reader(xml.slice(0, 4096), { maxDepth: 1 }).rootTag()
  } catch {
    return null
  }
}

class Reader {
  #at = 0
  #depth = 0
  #root: XMLElement | null = null
  #open: XMLElement | null = null
  readonly #xml: string
  readonly #limits: XmlLimits

  constructor(xml: string, limits: XmlLimits) {
    this.#limits = limits
    // Line ends first (XML 1.0 section 2.11).
    this.#xml = xml.includes('\r') ? xml.replace(/\r\n?/g, '\n') : xml
  }

  document(): XMLElement {
    if (FORBIDDEN.test(this.#xml)) throw this.#error('malformed', 'a character XML does not allow')
    this.#prolog()
    while (this.#at < this.#xml.length) {
      const next = this.#xml.indexOf('<', this.#at)
      this.#text(next < 0 ? this.#xml.length : next)
      if (next >= 0) this.#markup()
    }
    if (this.#root === null || this.#open !== null) throw this.#error('malformed', 'the text ends too early')
    return this.#root
  }

  rootTag(): XMLElement | null {
    this.#prolog()
    this.#at = this.#xml.indexOf('<', this.#at)
    if (this.#at < 0) return null
    this.#at += 1
    return this.#startTag().tag
  }

  #prolog(): void {
    if (this.#xml.charCodeAt(0) === 0xfeff) this.#at = 1
    this.#skipSpace()
    if (!/^<\?xml[ \t\n]/.test(this.#xml.slice(this.#at, this.#at + 6))) return
    this.#at = this.#after('?>', this.#at)
  }

  #text(end: number): void {
    if (end > this.#at) {
      const raw = this.#xml.slice(this.#at, end)
      if (this.#open !== null) this.#addText(this.#resolved(raw))
      else if (raw.trim() !== '') throw this.#error('malformed', 'text outside of the root')
    }
    this.#at = end
  }

  #addText(text: string): void {
    const children = this.#open?.children
    if (children === undefined || text === '') return
    const last = children.at(-1)
    if (typeof last === 'string') children[children.length - 1] = last + text
    else children.push(text)
  }

  #markup(): void {
    const next = this.#xml[this.#at + 1]
    if (next === '/') return this.#endTag()
    if (next === '!') return this.#declaration()
    if (next === '?') throw this.#error('restricted', 'a processing instruction')
    this.#at += 1
    if (this.#root !== null && this.#open === null) throw this.#error('malformed', 'a second root')
    const { tag, isEmpty } = this.#startTag()
    if (this.#depth + 1 > this.#limits.maxDepth) throw this.#error('too-deep', `deeper than ${this.#limits.maxDepth}`)
    if (this.#open === null) this.#root = tag
    else this.#open.appendChild(tag)
    if (isEmpty) return
    this.#open = tag
    this.#depth += 1
  }

  #declaration(): void {
    if (this.#xml.startsWith('<![CDATA[', this.#at) && this.#open !== null) {
      const end = this.#after(']]>', this.#at + 9)
      this.#addText(this.#xml.slice(this.#at + 9, end - 3))
      this.#at = end
    } else if (this.#limits.comments === true && this.#xml.startsWith('<!--', this.#at)) {
      this.#at = this.#after('-->', this.#at + 4)
    } else {
      throw this.#error('restricted', 'a comment or a document type')
    }
  }

  #endTag(): void {
    this.#at += 2
    const name = this.#name()
    this.#skipSpace()
    if (this.#xml[this.#at] !== '>' || this.#open?.name !== name) throw this.#error('malformed', 'a wrong end tag')
    this.#at += 1
    this.#open = this.#open.parent ?? null
    this.#depth -= 1
  }

  #startTag(): { tag: XMLElement; isEmpty: boolean } {
    const name = this.#name()
    // Without a prototype, `constructor` and `__proto__` are attributes like any other.
    const attributes = Object.create(null) as Record<string, string>
    for (;;) {
      const hadSpace = this.#skipSpace()
      const isEmpty = this.#xml.startsWith('/>', this.#at)
      if (isEmpty || this.#xml[this.#at] === '>') {
        this.#at += isEmpty ? 2 : 1
        return { tag: new XMLElement(name, attributes), isEmpty }
      }
      if (!hadSpace) throw this.#error('malformed', 'a start tag')
      const key = this.#name()
      if (key in attributes) throw this.#error('malformed', `attribute ${key} twice`)
      attributes[key] = this.#attributeValue()
    }
  }

  #attributeValue(): string {
    this.#skipSpace()
    if (this.#xml[this.#at] !== '=') throw this.#error('malformed', 'an attribute without a value')
    this.#at += 1
    this.#skipSpace()
    const quote = this.#xml[this.#at]
    if (quote !== '"' && quote !== "'") throw this.#error('malformed', 'an attribute without quotes')
    const end = this.#xml.indexOf(quote, this.#at + 1)
    const raw = end < 0 ? '<' : this.#xml.slice(this.#at + 1, end)
    if (raw.includes('<')) throw this.#error('malformed', 'an attribute that does not end')
    this.#at = end + 1
    return this.#resolved(raw.replace(/[\t\n]/g, ' '))
  }

  #resolved(raw: string): string {
    let mark = raw.indexOf('&')
    if (mark < 0) return raw
    const pieces: string[] = []
    let from = 0
    while (mark >= 0) {
      const end = raw.indexOf(';', mark)
      // The longest reference is &#x10FFFF; with leading zeros allowed for; a far semicolon is not one.
      if (end < 0 || end - mark > 16) throw this.#error('malformed', 'a lone ampersand')
      pieces.push(raw.slice(from, mark), this.#character(raw.slice(mark + 1, end)))
      from = end + 1
      mark = raw.indexOf('&', from)
    }
    pieces.push(raw.slice(from))
    return pieces.join('')
  }

  #character(reference: string): string {
    const named = ENTITIES.get(reference)
    if (named !== undefined) return named
    const digits = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(reference)
    if (digits === null) throw this.#error('restricted', 'an unknown entity')
    const code = digits[1] === undefined ? parseInt(digits[2] ?? '', 10) : parseInt(digits[1], 16)
    const isAllowed =
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      (code >= 0x10000 && code <= 0x10ffff)
    if (!isAllowed) throw this.#error('malformed', 'a reference to a character XML does not allow')
    return String.fromCodePoint(code)
  }

  #name(): string {
    const from = this.#at
    let at = from
    // Nearly all names are plain lower case; the pattern decides only where that does not end the name.
    while (isLowerCase(this.#xml.charCodeAt(at))) at += 1
    if (at === from || !ENDS_NAME.has(this.#xml.charCodeAt(at))) {
      NAME.lastIndex = from
      at = from + (NAME.exec(this.#xml)?.[0].length ?? 0)
    }
    if (at === from) throw this.#error('malformed', 'a name')
    this.#at = at
    return this.#xml.slice(from, at)
  }

  #skipSpace(): boolean {
    const from = this.#at
    while (isSpace(this.#xml.charCodeAt(this.#at))) this.#at += 1
    return this.#at > from
  }

  #after(wanted: string, from: number): number {
    const found = this.#xml.indexOf(wanted, from)
    if (found < 0) throw this.#error('malformed', `no ${wanted}`)
    return found + wanted.length
  }

  #error(why: XmlError['why'], detail: string): XmlError {
    return new XmlError(why, `${detail} at ${this.#at}`, this.#root)
  }
}

function isLowerCase(code: number): boolean {
  return code >= 0x61 && code <= 0x7a
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09
}
