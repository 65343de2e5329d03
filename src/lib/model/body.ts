/**
 * What of a message's body is put on the screen: a tree of plain data, from which ui/timeline makes text nodes.
 * Reads hostile text: linear in its length, and by default only its beginning.
 */
import { readBlocks, type Block } from './styling.ts'
import { cut } from './text.ts'

export interface Body {
  /** "/me": the text tells what its sender does, and stands behind the name (XEP-0245). */
  readonly isAction: boolean
  /** How many emoji the text consists of, where it is nothing else; 0: more than three, or other text. */
  readonly emoji: 0 | 1 | 2 | 3
  readonly blocks: readonly Block[]
  /** So many marks stand upon each other that their ink leaves the line: the screen has to cut it off. */
  readonly isPiled: boolean
  /** There is more than `blocks` say; a call with `all` reads it. */
  readonly hasMore: boolean
}

/** UTF-16 units shown of a long text before the person asks for all of it. */
export const foldedLength = 5000

/** Reads a body. all: not only the first `foldedLength` units of it; actor: the name before what an action tells. */
export function readBody(text: string, all = false, actor = ''): Body {
  const hasMore = !all && text.length > foldedLength
  const shown = hasMore ? cut(text, foldedLength) : text
  const isAction = shown.startsWith('/me ')
  const said = isAction ? shown.slice(4) : shown
  const emoji = isAction ? 0 : countEmoji(said)
  const told = isAction ? `${actor} ${said}` : said
  return { isAction, emoji, isPiled: piled.test(told), blocks: readBlocks(said), hasMore }
}

/** No language piles as many. */
const piled = /\p{M}{4}/u

const picture = String.raw`(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}(?:\ufe0f|(?=\p{Emoji_Modifier})))\p{Emoji_Modifier}?`
const joined = String.raw`\u200d\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?`
const tags = String.raw`[\u{e0020}-\u{e007e}]{1,16}\u{e007f}`
const flag = String.raw`\p{Regional_Indicator}{2}`
const keycap = String.raw`[0-9#*]\ufe0f?\u20e3`
const oneEmoji = new RegExp(`${flag}|${keycap}|${picture}(?:${tags}|(?:${joined}){0,8})`, 'gu')
/** No three emoji with white space between them are longer. */
const longestEmoji = 120

/** 1 to 3 where the text is that many emoji and white space, else 0. */
function countEmoji(text: string): Body['emoji'] {
  if (text.length > longestEmoji) return 0
  const count = text.match(oneEmoji)?.length ?? 0
  if (count < 1 || count > 3) return 0
  return text.replace(oneEmoji, '').trim() === '' ? (count as 1 | 2 | 3) : 0
}
