/** How much of a catch-up is read, over as many sessions as it takes: what is told never goes back. */
export class Tally {
  #done = 0
  #total: number | null = null

  /** `count`: how many there are, as the archive says; it may leave out what was read in an earlier session. */
  page(items: number, count: number | null): readonly [done: number, total: number | null] {
    this.#done += items
    if (count !== null) this.#total = Math.max(this.#total ?? 0, count)
    return [this.#done, this.#total && Math.max(this.#total, this.#done)]
  }

  /** All of it is read. */
  end(): void {
    this.#done = 0
    this.#total = null
  }
}
