/** Reads the roster, presence and subscription requests. */
import type { Contact, PresenceOfContact, SubscriptionRequest } from '#model/contact.ts'
import { bareOf, type BareJid } from '#model/jid.ts'
import type { AccountDatabase } from '../database.ts'
import type { PresenceRow } from '../schema.ts'

export function readContacts(account: AccountDatabase): Promise<Contact[]> {
  return account.db.getAll('roster')
}

export async function readContact(account: AccountDatabase, jid: BareJid): Promise<Contact | null> {
  return (await account.db.get('roster', jid)) ?? null
}

export function readSubscriptions(account: AccountDatabase): Promise<SubscriptionRequest[]> {
  return account.db.getAll('subscription')
}

/** The presence of everyone who is not offline; of several resources the one with the highest priority counts. */
export async function readPresence(account: AccountDatabase): Promise<Map<BareJid, PresenceOfContact>> {
  const best = new Map<BareJid, PresenceRow>()
  for (const row of await account.db.getAll('presence')) {
    const jid = bareOf(row.jid)
    const known = best.get(jid)
    if (!known || row.priority > known.priority) best.set(jid, row)
  }
  return new Map([...best].map(([jid, row]) => [jid, { availability: row.availability, status: row.status }]))
}
