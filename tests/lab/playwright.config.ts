// The laboratory: figures that take minutes. Started by tools/lab.mjs; the same browsers, servers and watch as end to end.
import { defineConfig } from '@playwright/test'
import base from '../../playwright.config.ts'

export default defineConfig({
  ...base,
  testDir: '.',
  globalSetup: '../e2e/set-up.ts',
  outputDir: '../../test-results/lab',
  timeout: 900_000,
  workers: 1,
  reporter: [['list']],
  projects: (base.projects ?? []).filter(({ name }) => name === 'chromium'),
})
