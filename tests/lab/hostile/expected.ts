// What each place must show of a text, by the rules that are documented: names and status texts are cut, quotes lose their
// signs, sentences set their values apart. All else is shown as it came.
import type { Block, Inline } from '#model/styling.ts'
import { readBody } from '#model/body.ts'
import { cut, stripControls } from '#model/text.ts'

/** What XML makes of line ends (XML 1.0 section 2.11); a server writes them anew, without references. */
export const lines = (text: string): string => text.replace(/\r\n?/g, '\n')
/** As the value of an attribute (XML 1.0 section 3.3.3). */
export const attribute = (text: string): string => lines(text).replace(/[\t\n]/g, ' ')

/** As a name in the roster. */
export const nameOf = (text: string): string => cut(attribute(text), 1_000)
export const statusOf = (text: string): string => cut(lines(text), 1_000)
/** As a group of the roster. */
export const groupOf = (text: string): string => cut(lines(text), 200)

/** What a message shows of its text before it is asked for more, blocks one after another. */
export function bodyOf(text: string): string {
  return readBody(text).blocks.map(textOfBlock).join('')
}

function textOfBlock(block: Block): string {
  if (block.kind === 'code') return block.text
  return block.children
    .map((child) => (block.kind === 'quote' ? textOfBlock(child as Block) : textOfInline(child as Inline)))
    .join('')
}

function textOfInline(inline: Inline): string {
  if (inline.kind === 'text' || inline.kind === 'link') return inline.text
  const inside = inline.kind === 'code' ? inline.text : inline.children.map(textOfInline).join('')
  return inline.mark + inside + inline.mark
}

/** Whether so many marks stand upon each other that they leave their line. */
export const isPiled = (text: string): boolean => /\p{M}{4}/u.test(text)

const controls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A value inside a sentence of ours: what would turn the sentence round is taken out. */
export const valueOf = (text: string): string => text.replace(controls, '')

/** What of a typed text goes out: no stream carries the rest (XML 1.0 section 2.2). */
export const cleaned = stripControls
