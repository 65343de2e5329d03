/** What tabs of one origin share: locks that die with their tab, and messages; implemented by platform/tabs.ts. */
export interface HeldLock {
  /** Gives the lock back; more than once does nothing. */
  release(): void
  /** Resolves when the lock is ours no longer: released here, or stolen by another tab. Never rejects. */
  readonly lost: Promise<void>
}

export interface Tabs {
  /** Names this tab among the others of this origin; new at each load. */
  readonly id: string
  /**
   * Resolves when the lock of that name is ours. steal: takes it from its holder at once, whose `lost` resolves.
   * signal: gives up waiting; then rejects with the signal's reason.
   */
  hold(name: string, options?: { steal?: boolean; signal?: AbortSignal }): Promise<HeldLock>
  /** To all other tabs, never to this one; the message must be structured-cloneable. */
  post(channel: string, message: unknown): void
  listen(channel: string, fn: (message: unknown) => void): () => void
}
