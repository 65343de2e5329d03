// The floor's page without a network: two files from a cache, as the product's worker answers with its own.
const cacheName = 'floor'
const files = ['./', 'floor.js']

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)))
})
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  const answer = caches.match(event.request, { cacheName, ignoreSearch: true })
  event.respondWith(answer.then((found) => found ?? fetch(event.request)))
})
