/** What a follower asks the leader and nobody must keep: it travels by broadcast, and has a time limit. */
import type { Clock } from '#model/clock.ts'
import type { Answer, Question } from '#model/command.ts'
import type { Failure } from '#model/failure.ts'
import { randomId } from '#model/random.ts'

/** ms a question to the leader may take: two archive queries. */
const limit = 60_000

const noAnswer: Failure = { what: 'stanza-timeout', remedy: 'wait', cause: 'no leader answered' }

export class Questions {
  readonly #clock: Clock
  readonly #post: (id: string, question: Question) => void
  readonly #waiting = new Map<string, (answer: Answer) => void>()

  constructor(clock: Clock, post: (id: string, question: Question) => void) {
    this.#clock = clock
    this.#post = post
  }

  /** Never rejects. */
  ask(question: Question): Promise<Answer> {
    const id = randomId()
    return new Promise((resolve) => {
      const cancel = this.#clock.after(limit, () => this.answered(id, { ok: false, failure: noAnswer }))
      this.#waiting.set(id, (answer) => {
        cancel()
        resolve(answer)
      })
      this.#post(id, question)
    })
  }

  /** Of any tab; those of others are theirs. */
  answered(id: string, answer: Answer): void {
    this.#waiting.get(id)?.(answer)
    this.#waiting.delete(id)
  }

  stop(): void {
    for (const id of [...this.#waiting.keys()]) this.answered(id, { ok: false, failure: noAnswer })
  }
}
