// The benchmark: what takes time, beside a page that does the same raw work. Started by tools/bench.mjs; the browser, the
// servers and the watch are those of the end-to-end tests.
import { defineConfig } from '@playwright/test'
import base from '../../playwright.config.ts'

export default defineConfig({
  ...base,
  testDir: '.',
  globalSetup: '../e2e/set-up.ts',
  outputDir: '../../test-results/bench',
  timeout: 900_000,
  workers: 1,
  reporter: [['list']],
  projects: (base.projects ?? []).filter(({ name }) => name === 'chromium'),
})
