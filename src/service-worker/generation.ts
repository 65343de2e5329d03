/**
 * Two generations of the app's files: the current one is Workbox's, the one before is kept here for one release, so that a
 * tab that still runs the old code finds the chunks it loads late.
 */
export interface Generations {
  readonly current: string
  readonly previous: string
}

/** Before the current cache is cleaned: what the new version does not list any more becomes the previous generation. */
export async function keepPrevious(names: Generations, listed: ReadonlySet<string>): Promise<void> {
  const current = await caches.open(names.current)
  const left = (await current.keys()).filter((request) => !listed.has(request.url))
  // A worker that starts again without a new version has nothing to move, and must not lose what it kept.
  if (left.length === 0) return
  await caches.delete(names.previous)
  const previous = await caches.open(names.previous)
  for (const request of left) {
    // Files with a revision in their key are the shell and its icons; old tabs have those already.
    if (new URL(request.url).search !== '') continue
    const response = await current.match(request)
    if (response) await previous.put(request, response)
  }
}

/** A file of the previous generation, else from the network. */
export async function previousOf(names: Generations, request: Request): Promise<Response> {
  const kept = await caches.match(request, { cacheName: names.previous })
  return kept ?? fetch(request)
}
