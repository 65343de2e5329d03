/** Contacts, presence and requests as they are stored. */
import type { Command } from '#model/command.ts'
import type { Contact, PresenceOfContact, SubscriptionRequest } from '#model/contact.ts'
import type { BareJid } from '#model/jid.ts'
import type { AccountDatabase } from '#storage/database.ts'
import { readContacts, readPresence, readSubscriptions } from '#storage/read/roster.ts'
import type { Engine } from '#sync/engine.ts'
import { Reread } from './reread.ts'
import type { Outcome, RosterSurface } from './surface.ts'

const offline: PresenceOfContact = { availability: 'offline', status: '' }

/** As a change of it is told. */
export const rosterParts = ['roster', 'presence', 'subscription'] as const
type RosterPart = (typeof rosterParts)[number]

export class Roster implements RosterSurface {
  contacts = $state.raw<readonly Contact[]>([])
  requests = $state.raw<readonly SubscriptionRequest[]>([])
  #byJid = $state.raw<ReadonlyMap<BareJid, Contact>>(new Map())
  #presence = $state.raw<ReadonlyMap<BareJid, PresenceOfContact>>(new Map())
  readonly #account: AccountDatabase
  readonly #engine: Engine

  readonly #reread = new Reread<RosterPart>(async (due) => {
    const reads = {
      roster: () => this.#readContacts(),
      presence: () => this.#readPresence(),
      subscription: () => this.#readRequests(),
    }
    await Promise.all([...due].map((part) => reads[part]()))
  })

  constructor(account: AccountDatabase, engine: Engine) {
    this.#account = account
    this.#engine = engine
  }

  load(): Promise<void> {
    return this.reload(rosterParts)
  }

  reload(parts: Iterable<RosterPart>): Promise<void> {
    return this.#reread.ask(parts)
  }

  async #readContacts(): Promise<void> {
    const contacts = await readContacts(this.#account)
    const byName = new Intl.Collator(undefined, { sensitivity: 'base' })
    contacts.sort((a, b) => byName.compare(a.name || a.jid, b.name || b.jid))
    this.contacts = contacts
    this.#byJid = new Map(contacts.map((contact) => [contact.jid, contact]))
  }

  async #readPresence(): Promise<void> {
    this.#presence = await readPresence(this.#account)
  }

  async #readRequests(): Promise<void> {
    this.requests = await readSubscriptions(this.#account)
  }

  contact(jid: BareJid): Contact | null {
    return this.#byJid.get(jid) ?? null
  }

  presence(jid: BareJid): PresenceOfContact {
    return this.#presence.get(jid) ?? offline
  }

  add(jid: BareJid, name: string): Promise<Outcome> {
    return this.#run({ do: 'roster-add', jid, name })
  }

  rename(jid: BareJid, name: string): Promise<Outcome> {
    return this.#run({ do: 'roster-rename', jid, name })
  }

  remove(jid: BareJid): Promise<Outcome> {
    return this.#run({ do: 'roster-remove', jid })
  }

  accept(jid: BareJid): Promise<Outcome> {
    return this.#run({ do: 'roster-accept', jid })
  }

  decline(jid: BareJid): Promise<Outcome> {
    return this.#run({ do: 'roster-decline', jid })
  }

  async #run(command: Command): Promise<Outcome> {
    const result = await this.#engine.execute(command)
    return result.ok ? { ok: true } : result
  }
}
