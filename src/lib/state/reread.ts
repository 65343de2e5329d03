/**
 * Reads anew what changed: one read at a time, so that a slow one never lays older rows over newer ones, and what is asked for
 * meanwhile in one read behind it, so that a page that is late does not fall further behind with every change.
 */
export class Reread<What> {
  readonly #read: (due: ReadonlySet<What>) => Promise<void>
  #due = new Set<What>()
  #last: Promise<unknown> = Promise.resolve()
  #next: Promise<void> | null = null

  constructor(read: (due: ReadonlySet<What>) => Promise<void>) {
    this.#read = read
  }

  /** Done when a read that began after this is; fails where that read fails, and then nobody reads it again unasked. */
  ask(what: Iterable<What>): Promise<void> {
    for (const each of what) this.#due.add(each)
    this.#next ??= this.#begin()
    return this.#next
  }

  #begin(): Promise<void> {
    const done = this.#last.then(() => {
      const due = this.#due
      this.#due = new Set()
      this.#next = null
      return this.#read(due)
    })
    this.#last = done.catch(() => undefined)
    return done
  }
}
