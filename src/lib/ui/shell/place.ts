/** Which page the shell frames. */
import type { Snippet } from 'svelte'
import type { ConversationId } from '#model/message.ts'

/** `unknown`: the address leads nowhere. `not-loaded`: the code of that page did not come. */
export type Place = 'list' | 'conversation' | 'details' | 'settings' | 'unknown' | 'not-loaded'

export interface ShellProps {
  place: Place
  conversation: ConversationId | null
  children: Snippet
}

/** The place of a route, by its folder below src/routes; null: none has that address. */
export function placeOf(route: string | null, hasFailed: boolean): Place {
  if (hasFailed) return route === null ? 'unknown' : 'not-loaded'
  if (route?.startsWith('/settings')) return 'settings'
  if (route === '/c/[conversation]/details') return 'details'
  return route?.startsWith('/c/') ? 'conversation' : 'list'
}
