/**
 * What must wait until the page wakes. Messages reach a sleeping page, answers of the disk do not: a read that is begun now ends
 * when the page wakes, and holds up every writer as long.
 */
import type { Network } from '#model/network.ts'

export class Asleep {
  readonly #network: Network
  #waiting: (() => void)[] = []
  /** Ends the watch over the page's sleep. */
  readonly stop: () => void

  constructor(network: Network) {
    this.#network = network
    this.stop = network.onChange(() => this.#wake())
  }

  /** At once in a page that is awake. */
  whenAwake(run: () => void): void {
    if (this.#network.isFrozen()) this.#waiting.push(run)
    else run()
  }

  #wake(): void {
    if (this.#network.isFrozen()) return
    for (const run of this.#waiting.splice(0)) run()
  }
}
