/** Asks, once for each, for what the archive has in place of rows that are not whole; how they are read is left to sync/history.ts. */
import type { LocalId, Message } from '#model/message.ts'
import { isBrokenMessage } from '#storage/read/message.ts'
import type { Engine } from '#sync/engine.ts'

export class TimelineMender {
  readonly #engine: Engine
  readonly #asked = new Set<LocalId>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  mend(messages: readonly Message[]): void {
    for (const { localId } of messages.filter(isBrokenMessage)) {
      if (this.#asked.has(localId)) continue
      this.#asked.add(localId)
      void this.#engine.execute({ do: 'mend', localId }).then(({ ok }) => {
        if (!ok) this.#asked.delete(localId)
      })
    }
  }
}
