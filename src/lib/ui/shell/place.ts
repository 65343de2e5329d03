/** Which page the shell frames. */
import type { Snippet } from 'svelte'
import type { ConversationId } from '#model/message.ts'

export type Place = 'list' | 'conversation' | 'details' | 'settings'

export interface ShellProps {
  place: Place
  conversation: ConversationId | null
  children: Snippet
}

/** The place of a route, by its folder below src/routes. */
export function placeOf(route: string | null): Place {
  if (route?.startsWith('/settings')) return 'settings'
  if (route === '/c/[conversation]/details') return 'details'
  return route?.startsWith('/c/') ? 'conversation' : 'list'
}
