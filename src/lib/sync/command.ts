/**
 * Carries out what a tab asks the leader to do, each command by whoever owns the fact. A command may come twice: each is
 * harmless the second time (docs/decisions/0008).
 */
import type { Command, CommandResult } from '#model/command.ts'
import { Failed, failureOf } from '#model/failure.ts'
import type { LocalId } from '#model/message.ts'
import type { Writing } from '#storage/database.ts'
import { conversationWith, putConversation, readConversationRow, setDraft } from '#storage/write/conversation.ts'
import type { Core } from './core.ts'
import type { Marker } from './marker.ts'
import type { Queue } from './queue.ts'
import type { Roster } from './roster.ts'

export interface Owners {
  readonly core: Core
  readonly queue: Queue
  readonly marker: Marker
  readonly roster: Roster
  /** Notes it, and has it looked for when that can be; nobody waits for the server. */
  mend(localId: LocalId): void
}

export class Commands {
  readonly #with: Owners

  constructor(owners: Owners) {
    this.#with = owners
  }

  /** Never rejects. */
  async execute(command: Command): Promise<CommandResult> {
    try {
      return { ok: true, id: await this.#execute(command) }
    } catch (error) {
      return { ok: false, failure: failureOf(error) }
    }
  }

  async #execute(command: Command): Promise<string | null> {
    switch (command.do) {
      case 'send':
        await this.#with.queue.add(command)
        return null
      case 'salvage':
        await this.#with.queue.salvage(command)
        return null
      case 'mend':
        this.#with.mend(command.localId)
        return null
      case 'draft':
        await this.#with.core.write(async (writing) => this.#draft(writing, command))
        return null
      case 'read':
        await this.#with.marker.read(command.conversation, command.localId)
        return null
      case 'open': {
        let id: string | null = null
        await this.#with.core.write(async (writing) => {
          id = (await conversationWith(writing, command.jid)).id
        })
        return id
      }
      case 'retry':
        await this.#with.queue.retry(command.localId)
        return null
      case 'discard':
        await this.#with.queue.discard(command.localId)
        return null
      default:
        await this.#changeRoster(command)
        return null
    }
  }

  async #draft(writing: Writing, command: Command & { do: 'draft' }): Promise<void> {
    const row = await readConversationRow(writing, command.conversation)
    if (!row || !setDraft(writing, row, command.text, command.at)) return
    await putConversation(writing, row)
    writing.changes.push({ kind: 'draft', id: row.id, tab: command.tab })
  }

  async #changeRoster(command: Command & { do: `roster-${string}` }): Promise<void> {
    const { jid } = command
    if (command.do === 'roster-add') await this.#with.roster.add(jid, command.name)
    else if (command.do === 'roster-rename') await this.#with.roster.rename(jid, command.name)
    else if (command.do === 'roster-remove') await this.#with.roster.remove(jid)
    else if (command.do === 'roster-accept') await this.#with.roster.accept(jid)
    else if (command.do === 'roster-decline') await this.#with.roster.decline(jid)
    // A request may come from a newer version of the app, or from a disk that is not whole.
    else throw new Failed('unexpected', 'give-up', 'unknown command')
  }
}
