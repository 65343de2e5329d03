// Build, dev server and unit tests. Files with runes are tested as the browser runs them, all others as plain Node modules.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vitest/config'
import { xmppBehindDev } from './tools/serve/dev-proxy.mjs'
import { announcerWithoutStyle } from './tools/static-announcer.mjs'
import { leanStanza } from './tools/static-stanza.mjs'

const underTest = process.env.VITEST !== undefined
const runeTests = ['src/**/*.svelte.test.ts']

export default defineConfig({
  // Units import no $app module, and without SvelteKit they start in half the time.
  plugins: underTest ? [svelte()] : [announcerWithoutStyle(), leanStanza(), sveltekit(), xmppBehindDev()],
  // Catalogues are parsed by tools/catalogue-keys.mjs, so the message parser (8 kB gzip) stays out of the bundle.
  resolve: {
    alias: [
      {
        find: /^@formatjs\/icu-messageformat-parser$/,
        replacement: '@formatjs/icu-messageformat-parser/no-parser.js',
      },
    ],
  },
  build: {
    target: 'es2023',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    // Framework and router are always loaded together: one file compresses better than five (1 kB gzip).
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'framework', test: /node_modules\/(svelte|@sveltejs|esm-env|clsx|devalue)\// }],
        },
      },
    },
  },
  server: { host: '127.0.0.1', strictPort: true },
  test: {
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 10_000,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: [
            'src/**/*.test.ts',
            'tests/flows/**/*.test.ts',
            'tests/lab/**/*.test.ts',
            'tests/layers/**/*.test.ts',
            'tests/server/**/*.test.ts',
            'tests/*.test.ts',
          ],
          exclude: runeTests,
        },
      },
      {
        // Against real servers; npm run lab, and its small size in npm test.
        extends: true,
        test: { name: 'lab', environment: 'node', include: ['tests/lab/**/*.lab.ts'], testTimeout: 3_600_000 },
      },
      {
        extends: true,
        resolve: { conditions: ['browser'] },
        test: { name: 'runes', environment: './tools/static-rune-environment.mjs', include: runeTests },
      },
    ],
  },
})
