/** What the roster and presence say of people (RFC 6121). */
import type { BareJid } from './jid.ts'

export type Subscription = 'none' | 'to' | 'from' | 'both'

export interface Contact {
  readonly jid: BareJid
  /** The name the person gave this contact; empty where none. */
  readonly name: string
  readonly subscription: Subscription
  /** We asked and wait for the answer. */
  readonly isAsked: boolean
  readonly groups: readonly string[]
}

/** Availability of one contact, the best of all resources. */
export type Availability = 'available' | 'chat' | 'away' | 'xa' | 'dnd' | 'offline'

export interface PresenceOfContact {
  readonly availability: Availability
  readonly status: string
}

/** Someone who asks to see our presence (RFC 6121 section 3.1). */
export interface SubscriptionRequest {
  readonly jid: BareJid
  readonly text: string
  readonly at: number
}

/** May this contact see our receipts and presence? */
export function maySeeUs(contact: Contact | null | undefined): boolean {
  return contact?.subscription === 'both' || contact?.subscription === 'from'
}
