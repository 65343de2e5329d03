/** A new version waits; it is applied when the person says so, and no draft is lost. */
import type { UpdateSurface } from './surface.ts'

export class Update implements UpdateSurface {
  isReady = $state(false)
  /** Set by the composition root: stores drafts, then lets the worker take over. */
  run: () => Promise<void> = () => Promise.resolve()

  apply(): Promise<void> {
    return this.run()
  }
}
