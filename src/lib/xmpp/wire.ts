/**
 * The wire as the engine sees it: one object for an account, whatever sessions come and go behind it.
 * Types only: xmpp-wire.ts is the real one, tests give another.
 */
import type { Displayed, IncomingMessage } from '#model/incoming.ts'
import type { BareJid, FullJid } from '#model/jid.ts'
import type { ArchivePage, ArchiveQuery } from './archive.ts'
import type { ConnectionState } from './connection.ts'
import type { WireEvent } from './incoming.ts'
import type { Inquiry } from './inquiry.ts'
import type { Proof } from './login.ts'
import type { RosterAnswer } from './roster.ts'
import type { StreamState, Told } from './stream-management.ts'

export type ArchiveState = 'available' | 'partial' | 'off' | 'none'

/** What account and server can do, asked once a session. */
export interface Abilities {
  readonly archive: ArchiveState
  readonly hasCarbons: boolean
  /** The account can keep private nodes, and with them how far our devices have read. */
  readonly keepsDisplayed: boolean
  /** Server time minus client time, ms; null: the server does not tell. */
  readonly clockOffset: number | null
}

/** A page whose items were read; null entries are not for us but count for coverage. */
export interface ReadPage extends Omit<ArchivePage, 'items'> {
  readonly items: readonly {
    readonly archiveId: string
    readonly stamp: number | null
    readonly message: IncomingMessage | null
  }[]
}

/** How much of ours the server had handled on a stream that is over. */
export interface LastWord {
  /** null: it had no name, because it could not be resumed. */
  readonly stream: string | null
  /** null: it did not say. */
  readonly handled: number | null
}

export interface Opened {
  readonly jid: FullJid
  /** The stream goes on; else a new one began. */
  readonly isResumed: boolean
  /** The server has our presence, so all that comes before it in a new session was done in this one. */
  readonly isAnnounced: boolean
  readonly streamId: string | null
  /** What the server said as it ended the session before this one; null: nothing. */
  readonly lastWord: LastWord | null
}

export interface WireListener {
  state(state: ConnectionState): void
  /**
   * Resolves when all that came in is dealt with. Each try waits for it: what is written after it was said how much was
   * handled would be sent again, and be there twice.
   */
  settled(): Promise<void>
  /** Before `opened`, where a session was to be resumed; it opens when this is durable. @throws Failed: it is asked again */
  told(told: Told): Promise<void>
  opened(opened: Opened): void
  /** `number` must be given to `commit` after the effects are durable. Called synchronously, in order. */
  incoming(event: WireEvent, number: number): void
  acked(handled: number): void
  /** The server asks how far we are; answered with `acknowledge` once the number is stored. */
  ackDue(handled: number): void
  closed(): void
  proven(proof: Proof): void
}

/** What the engine may ask of the wire; tests give it another implementation. */
export interface Wire {
  start(): void
  stop(how: 'end' | 'drop'): void
  tryNow(): void
  readonly isOpen: boolean
  /** What can be resumed, now or later, as of what is committed: of this session, or of the last one. */
  state(): StreamState | null
  /** Counts written so far, in this session or, until the next one is tried, in the last. */
  commit(number: number): void
  /** Writes finished XML; its number, null where nobody counts. @throws Failed connection-lost */
  send(xml: string): number | null
  requestAck(): void
  acknowledge(handled: number): void
  announcePresence(): void
  /** `isTold`: whoever asks may know that we are here; the others hear what a server says of a device that is not there. */
  answer(inquiry: Inquiry, isTold: boolean): void
  /** Whether anybody looks; kept for the sessions to come. */
  setActive(isActive: boolean): void
  discover(): Promise<Abilities>
  readArchive(query: ArchiveQuery): Promise<ReadPage>
  readDisplayed(): Promise<readonly Displayed[]>
  publishDisplayed(displayed: Displayed): Promise<void>
  readRoster(version: string | null): Promise<RosterAnswer | null>
  setRosterItem(jid: BareJid, name: string, groups: readonly string[]): Promise<void>
  removeRosterItem(jid: BareJid): Promise<void>
}
