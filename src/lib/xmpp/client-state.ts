/**
 * Tells the server whether anybody looks, so that it may hold back what can wait. No stanzas: never counted, never answered.
 *
 * @xep 0352 Client State Indication 1.0.0
 */
import { childOf, element, type Markup, type XMLElement } from './element.ts'
import { ns } from './namespace.ts'

/** `features`: the stream's, as they are after signing in. */
export function offersClientState(features: XMLElement): boolean {
  return childOf(features, 'csi', ns.clientState) !== null
}

export function writeClientState(isActive: boolean): Markup {
  return element(isActive ? 'active' : 'inactive', { xmlns: ns.clientState })
}
