/** Reads the roster, presence and subscription requests. */
import type { Contact, PresenceOfContact, SubscriptionRequest } from '#model/contact.ts'
import { bareOf, type BareJid } from '#model/jid.ts'
import type { AccountDatabase } from '../database.ts'
import type { PresenceRow } from '../schema.ts'
import { isSound } from '../sound.ts'

export async function readContacts(account: AccountDatabase): Promise<Contact[]> {
  return (await account.db.getAll('roster')).filter((row) => isSound('roster', row))
}

export async function readContact(account: AccountDatabase, jid: BareJid): Promise<Contact | null> {
  const row = await account.db.get('roster', jid)
  return isSound('roster', row) ? row : null
}

/** False: a contact is there and cannot be read, so the roster must be asked for whole. */
export async function isRosterSound(account: AccountDatabase): Promise<boolean> {
  return (await account.db.getAll('roster')).every((row) => isSound('roster', row))
}

export async function readSubscriptions(account: AccountDatabase): Promise<SubscriptionRequest[]> {
  return (await account.db.getAll('subscription')).filter((row) => isSound('subscription', row))
}

/** The presence of everyone who is not offline; of several resources the one with the highest priority counts. */
export async function readPresence(account: AccountDatabase): Promise<Map<BareJid, PresenceOfContact>> {
  const best = new Map<BareJid, PresenceRow>()
  for (const row of await account.db.getAll('presence')) {
    if (!isSound('presence', row)) continue
    const jid = bareOf(row.jid)
    const known = best.get(jid)
    if (!known || row.priority > known.priority) best.set(jid, row)
  }
  return new Map([...best].map(([jid, row]) => [jid, { availability: row.availability, status: row.status }]))
}
