/**
 * Generations of the app's files: the current one is Workbox's; earlier ones are kept here as long as an open tab runs one of
 * them, and the last one always, so that a tab with old code finds the chunks it loads late.
 */
export interface Generations {
  readonly current: string
  /** Beginning of the names of all caches with earlier files. */
  readonly previous: string
}

/**
 * Before the current cache is cleaned: what the new version does not list any more becomes a generation of its own.
 * `running`: the versions of open tabs (platform/worker.ts).
 */
export async function keepPrevious(
  names: Generations,
  listed: ReadonlySet<string>,
  running: ReadonlySet<string>,
): Promise<void> {
  const current = await caches.open(names.current)
  const left = (await current.keys()).filter((request) => !listed.has(request.url))
  // A worker that starts again without a new version has nothing to move, and must not lose what it kept.
  if (left.length === 0) return
  // Files with a revision in their key are the shell and its icons; old tabs have those already, and they name the version.
  const revision = ({ url }: Request) => new URL(url).searchParams.get('__WB_REVISION__')
  const versions = new Set(left.flatMap((request) => revision(request) ?? []))
  const made = `${names.previous}:${Date.now()}:${[...versions].join(' ')}`
  const previous = await caches.open(made)
  for (const request of left) {
    if (revision(request) !== null) continue
    const response = await current.match(request)
    if (response) await previous.put(request, response)
  }
  await forget(names, made, running)
}

/** A tab needs its own generation and all after it: a file that two versions share went with the later one. */
async function forget(names: Generations, made: string, running: ReadonlySet<string>): Promise<void> {
  const kept = (await caches.keys()).filter((name) => name.startsWith(names.previous)).sort(byAge)
  const isRunning = (name: string) =>
    name
      .split(':')
      .at(-1)
      ?.split(' ')
      .some((version) => running.has(version))
  const oldest = kept.find((name) => name === made || isRunning(name)) ?? made
  for (const name of kept.slice(0, kept.indexOf(oldest))) await caches.delete(name)
}

function byAge(one: string, other: string): number {
  const at = (name: string) => Number(name.split(':').at(-2))
  return at(one) - at(other)
}

/** A file of an earlier generation, or of one that is not cleaned up yet; else from the network. */
export async function previousOf(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}
