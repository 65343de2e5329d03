// The `test` of the benchmark: that of the end-to-end tests, with a browser profile on the disk as people have it: a private window
// keeps its databases in memory.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '../e2e/fixtures.ts'
import { Watch } from '../e2e/watch.ts'

export { expect } from '../e2e/fixtures.ts'
export type { Account, Fixtures, Page, Server } from '../e2e/fixtures.ts'

export const test = base.extend({
  context: async ({ playwright, launchOptions, contextOptions, shared }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'besedka-bench-'))
    const options = { ...launchOptions, ...contextOptions, baseURL: shared.url }
    const context = await playwright.chromium.launchPersistentContext(folder, options)
    const watch = await Watch.over(context, [shared.origin])
    await use(context)
    await watch.verify()
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  },
})
