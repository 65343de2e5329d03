// The cases of corpus/hostile-text.json as strings, and how they go into XML. What they mean is told in corpus/README.md.
import { readFileSync } from 'node:fs'

export interface Case {
  id: string
  class: string
  text: string
  /** The characters as they stand in XML where ordinary escaping would not give them; only where XML refuses them. */
  sent: string | null
  expect: 'text' | 'unlinked' | 'undisguised' | 'invisible' | 'empty' | 'refused'
}

interface Stored extends Omit<Case, 'text' | 'sent'> {
  text?: string
  recipe?: [piece: string, times: number][]
  sent?: string
}

interface File {
  canary: { host: string; property: string }
  cases: Stored[]
}

const file = JSON.parse(readFileSync(new URL('../../../corpus/hostile-text.json', import.meta.url), 'utf8')) as File

export const { canary } = file

export const corpus: readonly Case[] = file.cases.map(({ text, recipe = [], sent = null, ...rest }) => ({
  ...rest,
  sent,
  text: text ?? recipe.map(([piece, times]) => piece.repeat(times)).join(''),
}))

/** What a server can pass on: the rest is refused by every parser, or longer than any frame. */
export const onTheWire = corpus.filter((each) => each.expect !== 'refused' && each.class !== 'huge')

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Text for the inside of an element or a quoted attribute; line ends and tabs survive both. */
export function xmlOf(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, (sign) => escapes[sign] ?? `&#${sign.charCodeAt(0)};`)
}
