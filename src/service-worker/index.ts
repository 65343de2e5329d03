/**
 * Keeps the app's own files for starting offline: precached by Workbox if they are what was built, the files of earlier
 * versions kept for tabs that still run them. Answers nothing else: config.json, discovery and uploads always come from the network.
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

/** SHA-256 in base64 of each file, by its path below the base. */
const digests = JSON.parse('{"digests":"put in by the build"}') as Record<string, string>
/** A host that answers with something else (an error page, half a release) must not be believed: this would be kept. */
const whole = (url: string, revision: string | null) => ({
  url,
  revision,
  integrity: `sha256-${digests[url.slice(base.length + 1)] ?? ''}`,
})

const controller = new PrecacheController({
  cacheName: caches.current,
  plugins: [{ handlerDidError: ({ request, event }) => fetchAnew(request, event) }],
})
controller.addToCacheList([
  ...[...build, bootScript].map((url) => whole(url, null)),
  ...files.filter(isNeeded).map((url) => whole(url, version)),
  whole(shell, version),
])

/** The browser's own cache may keep under a hashed name, for a year, what a host once answered by mistake. */
async function fetchAnew(request: Request, event: Event): Promise<Response | undefined> {
  const key = controller.getCacheKeyForURL(request.url)
  if (event.type !== 'install' || key === undefined) return undefined
  const response = await fetch(new Request(request, { cache: 'reload' }))
  if (!response.ok) return undefined
  await (await self.caches.open(caches.current)).put(key, response.clone())
  return response
}

self.addEventListener('install', (event) => {
  event.waitUntil(controller.install(event))
})

const isFirst = self.registration.active === null

self.addEventListener('activate', (event) => {
  const current = new Set(controller.getURLsToCacheKeys().values())
  event.waitUntil(
    runningVersions()
      .then((running) => keepPrevious(caches, current, running))
      .then(() => controller.activate(event))
      // The page of the very first visit may lose its network too; later ones keep the version they were loaded with.
      .then(() => (isFirst ? self.clients.claim() : undefined)),
  )
})

/** Of the open tabs: each holds a lock that names its version (platform/worker.ts). */
async function runningVersions(): Promise<Set<string>> {
  const { held = [] } = await self.navigator.locks.query()
  const prefix = `besedka:${base}/:version:`
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])))
}

registerRoute(new PrecacheRoute(controller))
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(`${base}/_app/immutable/`),
  ({ request }) => previousOf(request),
)
// The page has one address (hash router). Anything else below it may be an upload or another app.
registerRoute(
  new NavigationRoute(controller.createHandlerBoundToURL(shell), {
    allowlist: [new RegExp(`^${base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/(?:index\\.html)?(?:\\?.*)?$`)],
  }),
)

self.addEventListener('message', (event) => {
  const type = (event.data as { type?: unknown } | null)?.type
  if (type === 'SKIP_WAITING') void self.skipWaiting()
  // A page that was loaded past the worker needs it nevertheless: for what it loads late, and without a network.
  if (type === 'CLAIM') event.waitUntil(self.clients.claim())
})
self.addEventListener('notificationclick', (event) => {
  event.waitUntil(openClicked(event.notification, self.clients, self.registration.scope))
})
