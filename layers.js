// The law of imports as data: who may import whom, which packages and which globals belong to one layer alone.
// eslint.config.js, .dependency-cruiser.cjs and tools/diagram.mjs are made from it; docs/architecture.md explains it.

/**
 * One layer.
 * @typedef {object} Layer
 * @property {string} folder below the root of the project
 * @property {string[]} imports layers, or single paths inside one (`storage/read/`), that it may import
 * @property {string[]} packages npm packages and `$` modules it may import
 * @property {string[]} globals guarded globals it may use
 */

/**
 * Globals with an owner. What is named here may be used only by a layer that lists its word.
 * @type {Record<string, string[]>}
 */
export const guardedGlobals = {
  page: [
    'document',
    'window',
    'location',
    'history',
    'requestAnimationFrame',
    'ResizeObserver',
    'IntersectionObserver',
  ],
  browser: ['navigator', 'Notification', 'BroadcastChannel', 'localStorage', 'sessionStorage'],
  database: ['indexedDB', 'IDBKeyRange'],
  network: ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'],
  timer: ['setTimeout', 'setInterval', 'requestIdleCallback', 'performance'],
  call: ['RTCPeerConnection'],
  worker: ['self', 'caches', 'clients', 'registration', 'importScripts'],
  node: ['process', 'Buffer', 'global', 'require', '__dirname'],
}

/** What the readers of the store may see: reading, the database that is read from, and the shape of its rows. */
const reading = ['storage/read/', 'storage/database.ts', 'storage/schema.ts']

/** @type {Record<string, Layer>} */
export const layers = {
  model: { folder: 'src/lib/model', imports: [], packages: [], globals: [] },
  i18n: { folder: 'src/lib/i18n', imports: ['model'], packages: ['intl-messageformat'], globals: ['network'] },
  vault: { folder: 'src/lib/vault', imports: ['model'], packages: ['@noble/ciphers'], globals: ['subtle'] },
  platform: {
    folder: 'src/lib/platform',
    imports: ['model'],
    packages: [],
    globals: ['browser', 'page', 'network', 'timer', 'worker'],
  },
  xmpp: {
    folder: 'src/lib/xmpp',
    imports: ['model', 'vault'],
    packages: ['stanza', 'events'],
    globals: ['network', 'timer'],
  },
  storage: {
    folder: 'src/lib/storage',
    imports: ['model', 'vault'],
    // The second one is the database in memory of a public computer.
    packages: ['idb', 'fake-indexeddb'],
    globals: ['database'],
  },
  sync: { folder: 'src/lib/sync', imports: ['model', 'vault', 'xmpp', 'storage'], packages: [], globals: [] },
  omemo: {
    folder: 'src/lib/omemo',
    imports: ['model', 'vault', 'xmpp', 'storage'],
    packages: ['@noble/curves', '@noble/hashes'],
    globals: [],
  },
  call: {
    folder: 'src/lib/call',
    imports: ['model', 'platform', 'xmpp'],
    packages: [],
    globals: ['call', 'timer'],
  },
  state: {
    folder: 'src/lib/state',
    imports: ['model', 'i18n', 'platform', ...reading, 'sync'],
    packages: ['svelte'],
    globals: ['timer'],
  },
  ui: {
    folder: 'src/lib/ui',
    imports: ['model', 'i18n', 'state'],
    packages: ['svelte'],
    globals: ['page', 'timer'],
  },
  routes: {
    folder: 'src/routes',
    imports: ['model', 'i18n', 'state', 'ui', 'app.ts'],
    packages: ['svelte', '$app'],
    globals: [],
  },
  'service-worker': {
    folder: 'src/service-worker',
    imports: ['model', 'platform', ...reading, 'storage/write/request.ts'],
    packages: ['workbox-core', 'workbox-precaching', 'workbox-routing', '$service-worker'],
    globals: ['worker', 'network'],
  },
  embed: { folder: 'src/embed', imports: [], packages: [], globals: ['page', 'timer'] },
}

/** The composition root: the one file that may import and use everything. */
export const compositionRoot = 'src/lib/app.ts'

/** Files that may use `crypto.subtle` although their layer may not. */
export const subtleFiles = ['src/lib/xmpp/login*.ts', 'src/lib/xmpp/scram*.ts', 'src/lib/xmpp/login/**']

/** Layers that know no page: type-checked with lib `webworker` and without `dom`. */
export const engineLayers = ['model', 'vault', 'xmpp', 'storage', 'sync', 'omemo']

/** Longest file and function, in lines. */
export const longest = { file: 300, function: 60 }
