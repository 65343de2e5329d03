/**
 * What a session has to do, one after the other and each once: what fails is tried again while the session lasts, what is
 * done stays done. What there is to do is said in lead.ts.
 */
import { failureOf } from '#model/failure.ts'
import type { Wire } from '#xmpp/wire.ts'
import type { Core } from './core.ts'

/** ms until what failed is tried again: the first pause, which doubles, and the longest. */
const pauses = { first: 5_000, longest: 60_000 } as const

export interface Task {
  /** Nothing waits for it: where it fails, what follows is done all the same. */
  readonly isApart?: boolean
  /** May run more than once, until it does not throw. */
  run(): Promise<void>
}

export class Agenda {
  readonly #core: Core
  readonly #wire: Wire
  /** By the task with which it goes on. */
  readonly #timers = new Map<Task, () => void>()

  constructor(core: Core, wire: Wire) {
    this.#core = core
    this.#wire = wire
  }

  /** The session is over, or nothing may be done any more. */
  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  /** For the session that is open now. Never rejects. `tries`: how often the first has failed before. */
  async run(tasks: readonly Task[], tries = 0): Promise<void> {
    const { session } = this.#core
    for (const [at, task] of tasks.entries()) {
      if (session !== this.#core.session) return
      try {
        await task.run()
      } catch (error) {
        const failed = at === 0 ? tries : 0
        const rest = task.isApart ? [task] : tasks.slice(at)
        this.#later(error, session, failed, task, () => void this.run(rest, failed + 1))
        if (!task.isApart) return
      }
    }
  }

  #later(error: unknown, session: number, failed: number, task: Task, again: () => void): void {
    // A lost connection is the usual reason: the next session does it all.
    if (session !== this.#core.session || !this.#wire.isOpen || failureOf(error).what === 'epoch-lost') return
    this.#timers.get(task)?.()
    const cancel = this.#core.clock.after(Math.min(pauses.longest, pauses.first * 2 ** failed), () => {
      this.#timers.delete(task)
      again()
    })
    this.#timers.set(task, cancel)
  }
}
