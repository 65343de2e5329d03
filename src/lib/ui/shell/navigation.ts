/** Where one can go: addresses of the pages, and the way there. The router itself belongs to the routes, which hand it over in a context. */
import { getContext, setContext } from 'svelte'
import type { ConversationId } from '#model/message.ts'

export const toList = '#/'
export const toLogin = '#/login'
export const toSettings = '#/settings'

export function toConversation(id: ConversationId): string {
  return `#/c/${encodeURIComponent(id)}`
}

export function toDetails(id: ConversationId): string {
  return `${toConversation(id)}/details`
}

export interface Navigation {
  /** `isReplacing`: the page left is not kept in the history. */
  go(address: string, isReplacing?: boolean): void
}

const key = Symbol('navigation')

export function setNavigation(navigation: Navigation): void {
  setContext(key, navigation)
}

/** Must be called while a component initialises. */
export function getNavigation(): Navigation {
  return getContext<Navigation>(key)
}
