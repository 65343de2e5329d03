// End-to-end tests: Chromium and Firefox against a real Prosody. Started by tools/e2e.mjs, which brings browsers and build.
// tests/e2e/read shares accounts and changes nothing; tests/e2e/write makes its own accounts.
import { defineConfig, type Project } from '@playwright/test'

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
// Chromium cannot build its sandbox when root starts it, as in most containers.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** The program a variable names; without one Playwright looks for its own. */
function executable(path: string | undefined): { executablePath: string } | Record<string, never> {
  return path ? { executablePath: path } : {}
}

const chromium: Project = {
  name: 'chromium',
  use: {
    browserName: 'chromium',
    launchOptions: { ...executable(process.env.CHROMIUM), args: [...asRoot, ...quiet] },
  },
}

const firefox: Project = {
  name: 'firefox',
  // The reading set, and what is marked to run here as well.
  grep: /@firefox|(^|[\s/])read\//,
  use: {
    browserName: 'firefox',
    // For a picture Playwright puts a style element into the page here, which the policy refuses and the watch would report.
    screenshot: 'off',
    // WebDriver BiDi drives the ordinary Firefox; Playwright's other way needs a patched one.
    channel: 'moz-firefox',
    launchOptions: {
      ...executable(process.env.FIREFOX),
      firefoxUserPrefs: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        // A mouse that points and hovers; without one the page takes the machine for a phone.
        'ui.primaryPointerCapabilities': 6,
        'ui.allPointerCapabilities': 6,
      },
    },
  },
}

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/e2e/set-up.ts',
  outputDir: 'test-results/e2e',
  fullyParallel: true,
  workers: Math.min(2, Number(process.env.E2E_WORKERS) || 2),
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: [['line'], ['json', { outputFile: process.env.E2E_RESULT ?? 'test-results/e2e.json' }]],
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Sofia',
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    trace: 'off',
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
  },
  projects: [chromium, firefox],
})
