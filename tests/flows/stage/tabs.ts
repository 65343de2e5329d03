/** Tabs of one browser: locks that are queued, stolen and freed by death, and messages that arrive later. */
import { randomId } from '#model/random.ts'
import type { HeldLock, Tabs } from '#model/tabs.ts'

interface Holder {
  readonly tab: FakeTabs
  lose(): void
}

interface Waiter {
  readonly tab: FakeTabs
  take(): void
}

/** What all tabs share. */
export class Browser {
  readonly tabs = new Set<FakeTabs>()
  readonly #held = new Map<string, Holder>()
  readonly #waiting = new Map<string, Waiter[]>()

  open(): FakeTabs {
    const tab = new FakeTabs(this)
    this.tabs.add(tab)
    return tab
  }

  hold(tab: FakeTabs, name: string, steal: boolean, signal: AbortSignal | undefined): Promise<HeldLock> {
    return new Promise((resolve, reject) => {
      const take = (): void => resolve(this.#take(tab, name))
      if (steal) {
        const former = this.#held.get(name)
        take()
        if (former) former.tab.loseLock(() => former.lose())
        return
      }
      if (!this.#held.has(name)) return take()
      const waiter = { tab, take }
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), waiter])
      signal?.addEventListener('abort', () => {
        this.#waiting.set(
          name,
          (this.#waiting.get(name) ?? []).filter((each) => each !== waiter),
        )
        reject(signal.reason as Error)
      })
    })
  }

  #take(tab: FakeTabs, name: string): HeldLock {
    let lose = (): void => undefined
    const lost = new Promise<void>((done) => (lose = done))
    const holder = { tab, lose }
    this.#held.set(name, holder)
    const release = (): void => {
      lose()
      if (this.#held.get(name) !== holder) return
      this.#held.delete(name)
      const [next, ...rest] = this.#waiting.get(name) ?? []
      this.#waiting.set(name, rest)
      next?.take()
    }
    return { release, lost }
  }

  /** The tab is gone: its locks are free, it hears nothing more, and nobody tells it anything. */
  kill(tab: FakeTabs): void {
    this.tabs.delete(tab)
    for (const [name, waiters] of this.#waiting)
      this.#waiting.set(
        name,
        waiters.filter((waiter) => waiter.tab !== tab),
      )
    for (const [name, holder] of [...this.#held]) {
      if (holder.tab !== tab) continue
      this.#held.delete(name)
      const [next, ...rest] = this.#waiting.get(name) ?? []
      this.#waiting.set(name, rest)
      next?.take()
    }
  }
}

export class FakeTabs implements Tabs {
  readonly id = randomId()
  /** Messages that never reach this tab. */
  loses: (message: unknown) => boolean = () => false
  /** A frozen tab keeps its locks and hears everything later. */
  #frozen: (() => void)[] | null = null
  #losses: (() => void)[] = []
  readonly #browser: Browser
  readonly #listeners = new Map<string, Set<(message: unknown) => void>>()

  constructor(browser: Browser) {
    this.#browser = browser
  }

  hold(name: string, options: { steal?: boolean; signal?: AbortSignal } = {}): Promise<HeldLock> {
    return this.#browser.hold(this, name, options.steal === true, options.signal)
  }

  post(channel: string, message: unknown): void {
    const copy: unknown = structuredClone(message)
    for (const tab of this.#browser.tabs) if (tab !== this) setImmediate(() => tab.#hear(channel, copy))
  }

  #hear(channel: string, message: unknown): void {
    if (!this.#browser.tabs.has(this) || this.loses(message)) return
    const run = (): void => this.#listeners.get(channel)?.forEach((fn) => fn(message))
    if (this.#frozen) this.#frozen.push(run)
    else run()
  }

  listen(channel: string, fn: (message: unknown) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set()
    this.#listeners.set(channel, listeners.add(fn))
    return () => listeners.delete(fn)
  }

  /** Locks and messages come by different ways: a tab that slept may hear last that its lock is gone. */
  loseLock(lose: () => void): void {
    if (this.#frozen) this.#losses.push(lose)
    else lose()
  }

  freeze(): void {
    this.#frozen ??= []
  }

  thaw(): void {
    const heard = this.#frozen ?? []
    this.#frozen = null
    const losses = this.#losses
    this.#losses = []
    for (const run of [...heard, ...losses]) run()
  }
}
