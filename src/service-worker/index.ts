/**
 * Keeps the app's own files for starting offline: precached by Workbox, the files of the version before kept for tabs that
 * still run it. Answers nothing else: config.json, discovery and uploads always come from the network.
 */
import { base, build, files, version } from '$service-worker'
import { PrecacheController, PrecacheRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { keepPrevious, previousOf } from './generation.ts'
import { openClicked } from './notification.ts'

declare const self: ServiceWorkerGlobalScope

const caches = { current: `besedka:${base}/:shell`, previous: `besedka:${base}/:shell-previous` }
const shell = `${base}/index.html`
/** Made after this list by the build, which puts its hashed name in here (tools/static-shell.mjs). */
const bootScript = `${base}/_app/immutable/boot.js`
/** Static files that no start and no notification needs: what only installing reads, and what only operators read. */
const isNeeded = (file: string) =>
  !/\/(?:config(?:\.schema)?\.json|\.well-known\/.*|screenshots\/.*|robots\.txt|icons\/(?:apple|maskable|mono|icon-512).*)$/.test(
    file,
  )

const controller = new PrecacheController({ cacheName: caches.current })
controller.addToCacheList([
  ...[...build, bootScript].map((url) => ({ url, revision: null })),
  ...files.filter(isNeeded).map((url) => ({ url, revision: version })),
  { url: shell, revision: version },
])

self.addEventListener('install', (event) => {
  event.waitUntil(controller.install(event))
})

const isFirst = self.registration.active === null

self.addEventListener('activate', (event) => {
  const current = new Set(controller.getURLsToCacheKeys().values())
  event.waitUntil(
    keepPrevious(caches, current)
      .then(() => controller.activate(event))
      // The page of the very first visit may lose its network too; later ones keep the version they were loaded with.
      .then(() => (isFirst ? self.clients.claim() : undefined)),
  )
})

registerRoute(new PrecacheRoute(controller))
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(`${base}/_app/immutable/`),
  ({ request }) => previousOf(caches, request),
)
// The page has one address (hash router). Anything else below it may be an upload or another app.
registerRoute(
  new NavigationRoute(controller.createHandlerBoundToURL(shell), {
    allowlist: [new RegExp(`^${base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/(?:index\\.html)?(?:\\?.*)?$`)],
  }),
)

self.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})
self.addEventListener('notificationclick', (event) => {
  event.waitUntil(openClicked(event.notification, self.clients, self.registration.scope))
})
