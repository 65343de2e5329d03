/** Which words say whether someone is here. Pure. */
import type { Availability } from '#model/contact.ts'
import type { ConversationItem } from '#state/surface.ts'

/** A key of the catalogue. "offline" is said only of those whose presence we may see. */
export function presenceKey(
  item: Pick<ConversationItem, 'contact' | 'presence'>,
): `presence.${Availability | 'unknown' | 'hidden'}` {
  const { contact, presence } = item
  if (presence.availability !== 'offline') return `presence.${presence.availability}`
  if (contact === null) return 'presence.unknown'
  const isSeen = contact.subscription === 'to' || contact.subscription === 'both'
  return isSeen ? 'presence.offline' : 'presence.hidden'
}
