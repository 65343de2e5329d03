/** What can be done with a message, and which of it a menu offers; Timeline.svelte does it. Pure. */
import { textOf, type Message } from '#model/message.ts'
import type { Inline, Block } from '#model/styling.ts'
import { foldedLength, readBody } from '#model/body.ts'

/** `key` is the row's key. */
export type MessageAction =
  | { readonly kind: 'menu'; readonly key: string }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'whole'; readonly key: string }
  | { readonly kind: 'retry' | 'discard' | 'details'; readonly key: string }
  | { readonly kind: 'open'; readonly href: string }

type MenuLabel =
  | 'message.retry'
  | 'message.sendAgain'
  | 'message.copy'
  | 'message.copyCode'
  | 'message.openLink'
  | 'message.showAll'
  | 'message.details'
  | 'message.discard'

export interface MenuItem {
  /** Key of the catalogue. */
  readonly label: MenuLabel
  /** What the label names: a host or an address, of a peer. */
  readonly subject?: string
  readonly isDanger?: boolean
  readonly action: MessageAction
}

/** No menu offers more links or pieces of code than this. */
const mostOffered = 5

/** What the menu of a message offers; everything that can be pressed inside a bubble is among it, for the keyboard. */
export function menuOf(key: string, message: Message, isWhole: boolean): readonly MenuItem[] {
  const items: MenuItem[] = []
  const status = message.delivery?.status
  const said = textOf(message)
  if (status === 'failed') items.push({ label: 'message.retry', action: { kind: 'retry', key } })
  if (status === 'uncertain') items.push({ label: 'message.sendAgain', action: { kind: 'retry', key } })
  if (said !== null) {
    items.push({ label: 'message.copy', action: { kind: 'copy', text: said } })
    const { blocks } = readBody(said, isWhole)
    for (const code of codesOf(blocks).slice(0, mostOffered))
      items.push({ label: 'message.copyCode', action: { kind: 'copy', text: code } })
    for (const link of linksOf(blocks).slice(0, mostOffered))
      items.push({ label: 'message.openLink', subject: link.shown, action: { kind: 'open', href: link.href } })
    if (!isWhole && said.length > foldedLength) items.push({ label: 'message.showAll', action: { kind: 'whole', key } })
  }
  items.push({ label: 'message.details', action: { kind: 'details', key } })
  if (status === 'failed' || status === 'uncertain' || status === 'queued')
    items.push({ label: 'message.discard', isDanger: true, action: { kind: 'discard', key } })
  return items
}

function codesOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) =>
    block.kind === 'code' ? [block.text] : block.kind === 'quote' ? codesOf(block.children) : [],
  )
}

interface OfferedLink {
  readonly href: string
  readonly shown: string
}

/** Each address once, in order. */
function linksOf(blocks: readonly Block[]): OfferedLink[] {
  const links = new Map<string, OfferedLink>()
  const walk = (inline: Inline): void => {
    if (inline.kind === 'link') {
      const host = /^https?:\/\/([^/?#]+)/.exec(inline.href)?.[1]
      links.set(inline.href, { href: inline.href, shown: inline.shownHost ?? host ?? inline.text.slice(0, 60) })
    } else if ('children' in inline) inline.children.forEach(walk)
  }
  const visit = (block: Block): void => {
    if (block.kind === 'paragraph') block.children.forEach(walk)
    else if (block.kind === 'quote') block.children.forEach(visit)
  }
  blocks.forEach(visit)
  return [...links.values()]
}

/** Steps through a menu, round at both ends. `count` > 0. */
export function menuStep(current: number, key: string, count: number): number | null {
  if (key === 'ArrowDown') return (current + 1) % count
  if (key === 'ArrowUp') return (current - 1 + count) % count
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  return null
}
