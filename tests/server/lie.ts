// What a test needs to know of a lie: the script, what the person is told, and what must not have been sent by then.
import type { FailureName } from '#model/failure.ts'
import type { Script } from './lying-server.ts'

export interface Lie {
  readonly name: string
  readonly script: Script
  readonly told: FailureName
  /** Local names of frames that the client must not have sent. */
  readonly unsent: readonly string[]
  /** The strongest mechanism seen before. */
  readonly pinned?: string
  /** The server proved itself before it lied. */
  readonly isProven?: true
}
