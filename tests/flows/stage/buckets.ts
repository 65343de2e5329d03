/** The storage buckets of one origin, each a disk of its own. */
import { IDBFactory } from 'fake-indexeddb'
import type { BucketManager } from '#platform/bucket.ts'

export class FakeBuckets implements BucketManager {
  readonly disks = new Map<string, IDBFactory>()
  /** Nothing is opened and nothing deleted, though it is there. */
  refuses = false

  open(name: string): Promise<{ indexedDB: IDBFactory }> {
    if (this.refuses) return this.#refuse()
    const indexedDB = this.disks.get(name) ?? new IDBFactory()
    this.disks.set(name, indexedDB)
    return Promise.resolve({ indexedDB })
  }

  delete(name: string): Promise<void> {
    if (this.refuses) return this.#refuse()
    this.disks.delete(name)
    return Promise.resolve()
  }

  keys(): Promise<string[]> {
    return Promise.resolve([...this.disks.keys()])
  }

  #refuse(): Promise<never> {
    return Promise.reject(new DOMException('not now', 'UnknownError'))
  }
}
