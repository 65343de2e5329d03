/** What a message takes its line in the timeline for. Apart from message.ts, because the first page needs none of it. */
import { textOf, type MessageContent } from './message.ts'

export function shownKindOf(content: MessageContent): 'text' | 'sealed' | 'unreadable' {
  if (textOf(content) !== null) return 'text'
  return content.parts.some((part) => part.kind === 'unreadable') ? 'unreadable' : 'sealed'
}
