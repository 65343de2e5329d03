/**
 * Message styling (XEP-0393) as a tree of plain data, links included. The directives of spans are in the tree too: they
 * are shown, as the XEP recommends. Linear in the length of the text, without backtracking.
 */
import { findLinks, type Link } from './link.ts'

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string; readonly shownHost: string | null }
  /** `mark` stands before and after the children. */
  | { readonly kind: 'strong' | 'emphasis' | 'strike'; readonly mark: string; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly mark: string; readonly text: string }

export type Block =
  /** Lines with "\n" between them, to be shown with line breaks kept. */
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  /** `language`: what stood behind the opening directive; a hint, or empty. */
  | { readonly kind: 'code'; readonly text: string; readonly language: string }

/** Most texts, and most lines, are nothing but text: these say so for the price of a glance. */
const mayHoldBlocks = /[>*_~`:]|www\./i
const mayHoldInlines = /[*_~`:]|www\./i

/** After as many blocks, spans and links all that follows is text: each costs an element, and no person writes as many. */
const maxElements = 1000

/** How many elements a text may still become; one object a text. */
interface Budget {
  left: number
}

/** Quotes inside quotes are read this deep; further ">" are text. */
const maxDepth = 4

export function readBlocks(text: string): Block[] {
  if (text !== '' && !mayHoldBlocks.test(text)) return [{ kind: 'paragraph', children: [{ kind: 'text', text }] }]
  return blocksOf(text.split('\n'), 0, { left: maxElements })
}

function blocksOf(lines: readonly string[], depth: number, budget: Budget): Block[] {
  const blocks: Block[] = []
  let plain: string[] = []
  const flush = () => {
    if (plain.length > 0) blocks.push({ kind: 'paragraph', children: joinLines(plain, budget) })
    plain = []
  }
  for (let at = 0; at < lines.length;) {
    const line = lines[at] as string
    const isCode = line.startsWith('```')
    if (budget.left <= 0 || (!isCode && (depth >= maxDepth || !line.startsWith('>')))) {
      plain.push(line)
      at++
      continue
    }
    flush()
    budget.left--
    const to = isCode ? endOfCode(lines, at + 1) : endOfQuote(lines, at + 1)
    const inner = lines.slice(isCode ? at + 1 : at, to)
    if (isCode) blocks.push({ kind: 'code', text: inner.join('\n'), language: line.slice(3).trim() })
    else blocks.push({ kind: 'quote', children: blocksOf(inner.map(unquoted), depth + 1, budget) })
    // The closing directive of code belongs to it; without one the block ends with its parent.
    at = isCode ? to + 1 : to
  }
  flush()
  return blocks
}

function endOfCode(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && lines[at] !== '```') at++
  return at
}

function endOfQuote(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && (lines[at] as string).startsWith('>')) at++
  return at
}

function unquoted(line: string): string {
  return line.slice(isSpace(line.charAt(1)) ? 2 : 1)
}

function joinLines(lines: readonly string[], budget: Budget): Inline[] {
  const out: Inline[] = []
  let text = ''
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    if (index > 0) text += '\n'
    if (budget.left <= 0 || !mayHoldInlines.test(line)) {
      text += line
      continue
    }
    pushText(out, text)
    text = ''
    for (const inline of inlinesOf(line, budget)) {
      if (inline.kind === 'text') pushText(out, inline.text)
      else out.push(inline)
    }
  }
  pushText(out, text)
  return out
}

/** Adds text, joined with text that is there already: fewer nodes on the screen. */
function pushText(out: Inline[], text: string): void {
  if (text === '') return
  const last = out[out.length - 1]
  if (last?.kind === 'text') out[out.length - 1] = { kind: 'text', text: last.text + text }
  else out.push({ kind: 'text', text })
}

const kinds = { '*': 'strong', _: 'emphasis', '~': 'strike', '`': 'code' } as const
type Mark = keyof typeof kinds

/** Spans and links of one line. */
export function inlinesOf(line: string, budget: Budget = { left: maxElements }): Inline[] {
  return new LineReader(line, budget).read(0, line.length)
}

/**
 * Walks a line once from left to right. A span never contains its own closing mark, so nesting is at most four deep,
 * and the cursors over closing marks and links only move forward: linear.
 */
class LineReader {
  readonly #line: string
  readonly #links: readonly Link[]
  #link = 0
  readonly #budget: Budget
  readonly #closing: Record<Mark, { at: number[]; cursor: number }>

  constructor(line: string, budget: Budget) {
    this.#line = line
    this.#budget = budget
    this.#links = findLinks(line, budget.left)
    this.#closing = {
      '*': { at: [], cursor: 0 },
      _: { at: [], cursor: 0 },
      '~': { at: [], cursor: 0 },
      '`': { at: [], cursor: 0 },
    }
    this.#findClosing()
  }

  /** A mark closes where no white space stands before it; marks inside an address belong to the address. */
  #findClosing(): void {
    let link = 0
    for (let at = 1; at < this.#line.length; at++) {
      while (link < this.#links.length && (this.#links[link] as Link).to <= at) link++
      if (link < this.#links.length && (this.#links[link] as Link).from <= at) continue
      const letter = this.#line.charAt(at)
      if (isMark(letter) && !isSpace(this.#line.charAt(at - 1))) this.#closing[letter].at.push(at)
    }
  }

  read(from: number, to: number): Inline[] {
    const out: Inline[] = []
    let textFrom = from
    for (let at = from; at < to;) {
      const link = this.#linkAt(at, to)
      const close = link ? null : this.#spanAt(at, from, to)
      if (link === null && close === null) {
        at++
        continue
      }
      pushText(out, this.#line.slice(textFrom, at))
      if (link) out.push(this.#linkNode(link))
      else out.push(this.#span(at, close as number))
      at = link ? link.to : (close as number) + 1
      textFrom = at
    }
    pushText(out, this.#line.slice(textFrom, to))
    return out
  }

  #linkAt(at: number, to: number): Link | null {
    while ((this.#links[this.#link]?.from ?? Infinity) < at) this.#link++
    const link = this.#links[this.#link]
    return link?.from === at && link.to <= to ? link : null
  }

  #linkNode({ from, to, href, shownHost }: Link): Inline {
    this.#budget.left--
    return { kind: 'link', text: this.#line.slice(from, to), href, shownHost }
  }

  /** Where the span that opens at `at` closes; null where none opens. */
  #spanAt(at: number, from: number, to: number): number | null {
    const mark = this.#line.charAt(at)
    if (!isMark(mark) || this.#budget.left <= 0) return null
    // At the beginning of the line or of the span around it, or after white space (XEP-0393 section 6.2).
    if (at > from && !isSpace(this.#line.charAt(at - 1))) return null
    const next = this.#line.charAt(at + 1)
    if (next === '' || next === mark || isSpace(next)) return null
    const closing = this.#closing[mark]
    while ((closing.at[closing.cursor] ?? Infinity) <= at + 1) closing.cursor++
    const close = closing.at[closing.cursor]
    return close !== undefined && close < to ? close : null
  }

  #span(at: number, close: number): Inline {
    const mark = this.#line.charAt(at) as Mark
    const kind = kinds[mark]
    this.#budget.left--
    if (kind === 'code') return { kind, mark, text: this.#line.slice(at + 1, close) }
    return { kind, mark, children: this.read(at + 1, close) }
  }
}

function isMark(letter: string): letter is Mark {
  return letter === '*' || letter === '_' || letter === '~' || letter === '`'
}

function isSpace(letter: string): boolean {
  const unit = letter.charCodeAt(0)
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
  return /^[\s\p{Z}]$/u.test(letter)
}
