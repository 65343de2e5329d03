// How long the page's main thread works: its own processor time, and its longest task by the clock.
import type { CDPSession, Page } from '@playwright/test'

export interface Reading {
  /** Where. */
  step: string
  /** ms of processor time of the main thread, all tasks together. */
  cpu: number
  /** ms of the longest task, where one was longer than 50 ms; else 0. By the clock, so that a busy machine lengthens it. */
  longest: number
}

/** Chromium only. */
export class Meter {
  readonly #page: Page
  readonly #session: CDPSession
  #last = 0

  private constructor(page: Page, session: CDPSession) {
    this.#page = page
    this.#session = session
  }

  static async on(page: Page): Promise<Meter> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.evaluate(() => {
      const tasks: number[] = []
      Object.assign(window, { longTasks: tasks })
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
        entryTypes: ['longtask'],
      })
    })
    return new Meter(page, session)
  }

  async start(): Promise<void> {
    await this.#page.evaluate(() => ((window as unknown as { longTasks: number[] }).longTasks.length = 0))
    this.#last = await this.#spent()
  }

  async stop(step: string): Promise<Reading> {
    const cpu = (await this.#spent()) - this.#last
    const longest = await this.#page.evaluate(() =>
      Math.max(0, ...(window as unknown as { longTasks: number[] }).longTasks),
    )
    return { step, cpu, longest }
  }

  async #spent(): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
  }
}
