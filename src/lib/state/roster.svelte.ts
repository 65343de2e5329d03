/** Contacts, presence and requests as they are stored. */
import type { Command } from '#model/command.ts'
import type { Contact, PresenceOfContact, SubscriptionRequest } from '#model/contact.ts'
import type { BareJid } from '#model/jid.ts'
import type { AccountDatabase } from '#storage/database.ts'
import { readContacts, readPresence, readSubscriptions } from '#storage/read/roster.ts'
import type { Engine } from '#sync/engine.ts'
import type { Outcome, RosterSurface } from './surface.ts'

const offline: PresenceOfContact = { availability: 'offline', status: '' }

export class Roster implements RosterSurface {
  contacts = $state.raw<readonly Contact[]>([])
  requests = $state.raw<readonly SubscriptionRequest[]>([])
  #byJid = $state.raw<ReadonlyMap<BareJid, Contact>>(new Map())
  #presence = $state.raw<ReadonlyMap<BareJid, PresenceOfContact>>(new Map())
  readonly #account: AccountDatabase
  readonly #engine: Engine

  constructor(account: AccountDatabase, engine: Engine) {
    this.#account = account
    this.#engine = engine
  }

  async load(): Promise<void> {
    await Promise.all([this.loadContacts(), this.loadPresence(), this.loadRequests()])
  }

  async loadContacts(): Promise<void> {
    const contacts = await readContacts(this.#account)
    const byName = new Intl.Collator(undefined, { sensitivity: 'base' })
    contacts.sort((a, b) => byName.compare(a.name || a.jid, b.name || b.jid))
    this.contacts = contacts
    this.#byJid = new Map(contacts.map((contact) => [contact.jid, contact]))
  }

  async loadPresence(): Promise<void> {
    this.#presence = await readPresence(this.#account)
  }

  async loadRequests(): Promise<void> {
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
