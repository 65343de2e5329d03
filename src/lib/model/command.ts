/**
 * What screens ask of the engine, as plain data: in the leading tab a direct call, in a following tab a row or a question.
 * Every command may be carried out twice without harm (docs/storage.md, Requests happen once).
 */
import type { Failure } from './failure.ts'
import type { BareJid } from './jid.ts'
import type { ConversationId, LocalId } from './message.ts'

export type Command =
  | {
      readonly do: 'send'
      readonly conversation: ConversationId
      readonly originId: string
      readonly body: string
      /** What of the draft is not sent with it, and stays the draft; else nothing is. */
      readonly left?: string
    }
  | {
      readonly do: 'draft'
      readonly conversation: ConversationId
      readonly text: string
      readonly at: number
      readonly tab: string
    }
  /** What is seen is told by the leader's attention alone. */
  | { readonly do: 'read'; readonly conversation: ConversationId; readonly localId: LocalId }
  | { readonly do: 'open'; readonly jid: BareJid }
  /** What an earlier database of this account still had to send; `wasTried`: nobody knows whether it arrived. */
  | {
      readonly do: 'salvage'
      readonly to: BareJid
      readonly originId: string
      readonly body: string
      readonly wasTried: boolean
    }
  /** What lies on the disk of a message is not whole: the archive's copy takes its place, where there is one. */
  | { readonly do: 'mend'; readonly localId: LocalId }
  | { readonly do: 'retry'; readonly localId: LocalId }
  | { readonly do: 'discard'; readonly localId: LocalId }
  | { readonly do: 'roster-add'; readonly jid: BareJid; readonly name: string }
  | { readonly do: 'roster-rename'; readonly jid: BareJid; readonly name: string }
  | { readonly do: 'roster-remove'; readonly jid: BareJid }
  | { readonly do: 'roster-accept'; readonly jid: BareJid }
  | { readonly do: 'roster-decline'; readonly jid: BareJid }

/** Waits for an answer of the server, and may wait long; all others are done once the disk has them. */
export function needsServer(command: Command): boolean {
  // One that is read from the disk may say nothing.
  return `${command.do}`.startsWith('roster-')
}

export type CommandResult =
  { readonly ok: true; readonly id: string | null } | { readonly ok: false; readonly failure: Failure }

/** Questions whose answer nobody must keep. */
export type Question =
  /** Older messages of a conversation from the archive. */
  | { readonly ask: 'older'; readonly conversation: ConversationId }
  | { readonly ask: 'fill-gap'; readonly gap: number }
  /** With the password where the server wants it again; the tab that leads is the one that signs in. */
  | { readonly ask: 'try-now'; readonly password?: string }

export type Answer =
  | { readonly ok: true; readonly added: number; readonly isComplete: boolean }
  | { readonly ok: false; readonly failure: Failure }

/** What everyone should know of the engine, whoever leads. */
export interface EngineState {
  readonly connection: {
    readonly phase: 'stopped' | 'connecting' | 'waiting' | 'catching-up' | 'online'
    readonly failure: Failure | null
    readonly retryAt: number | null
    readonly endpoint: string | null
  }
  readonly progress: {
    readonly what: 'archive' | 'upgrade'
    readonly done: number
    readonly total: number | null
  } | null
  readonly storageFailure: Failure | null
  readonly archive: 'unknown' | 'available' | 'none' | 'off'
}
