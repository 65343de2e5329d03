/** Time as the engine sees it: given by platform/clock.ts, or by a test that turns the hands itself. */
export interface Clock {
  /** Wall time, ms since the epoch; may jump when the device's clock is set. */
  now(): number
  /** ms since an arbitrary start; never goes back. For durations. */
  monotonic(): number
  /** Calls fn once after at least ms; the answer takes it back. */
  after(ms: number, fn: () => void): () => void
}
