// SvelteKit as a static bundle: hash router, one page, runs under any path of any host.
// The shell (relative addresses, no inline script, policy in the page) is finished by tools/static-shell.mjs.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'
import { appVersion, staticShell } from './tools/static-shell.mjs'

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  kit: {
    adapter: staticShell(),
    router: { type: 'hash' },
    paths: { relative: true },
    serviceWorker: { register: false },
    // Kit reads this file again in processes of its own; sources saved during a build must not give it two versions.
    version: { name: (process.env.BESEDKA_VERSION ??= appVersion()) },
    typescript: { config: ownTypeScriptConfig },
  },
}

/**
 * What SvelteKit generates for svelte-check. Tests know Node and are checked by tsconfig.tests.json instead.
 * @param {Record<string, any>} config
 */
function ownTypeScriptConfig(config) {
  config.include = [
    'ambient.d.ts',
    'non-ambient.d.ts',
    './types/**/$types.d.ts',
    '../src/**/*.js',
    '../src/**/*.ts',
    '../src/**/*.svelte',
  ]
  config.exclude = ['../node_modules/**', '../src/service-worker/**', '../src/**/*.test.ts']
  delete config.compilerOptions.paths
  return config
}
