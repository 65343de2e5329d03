import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepPrevious, previousOf } from './generation.ts'

const names = { current: 'now', previous: 'before' }
const at = (path: string) => `https://host.example${path}`

/** CacheStorage in memory, by address. */
function fakeCaches() {
  const all = new Map<string, Map<string, string>>()
  const of = (name: string) => all.get(name) ?? all.set(name, new Map()).get(name) ?? new Map<string, string>()
  const response = (text: string | undefined) => (text === undefined ? undefined : new Response(text))
  return {
    all,
    open: (name: string) =>
      Promise.resolve({
        keys: () => Promise.resolve([...of(name).keys()].map((url) => new Request(url))),
        match: (request: Request) => Promise.resolve(response(of(name).get(request.url))),
        put: async (request: Request, given: Response) => void of(name).set(request.url, await given.text()),
      }),
    keys: () => Promise.resolve([...all.keys()]),
    delete: (name: string) => Promise.resolve(all.delete(name)),
    match: (request: Request) =>
      Promise.resolve(response([...all.values()].find((each) => each.has(request.url))?.get(request.url))),
  }
}

describe('generations of files', () => {
  let caches: ReturnType<typeof fakeCaches>
  beforeEach(() => {
    caches = fakeCaches()
    vi.stubGlobal('caches', caches)
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  const store = (...paths: string[]) => caches.all.set('now', new Map(paths.map((path) => [at(path), path])))
  const kept = () => [...caches.all].flatMap(([name, files]) => (name.startsWith('before') ? [...files.keys()] : []))
  const keep = async (files: ReadonlySet<string>, ...running: string[]) => {
    vi.advanceTimersByTime(1_000)
    await keepPrevious(names, files, new Set(running))
  }
  const listed = (...paths: string[]) => new Set(paths.map(at))

  it('keeps the files that the new version dropped, for one release', async () => {
    store('/a.1.js', '/b.js', '/index.html?__WB_REVISION__=1', '/a.2.js')
    await keep(listed('/a.2.js', '/b.js'))
    expect(kept()).toEqual([at('/a.1.js')])
    store('/a.2.js', '/b.js', '/a.3.js')
    await keep(listed('/a.3.js', '/b.js'))
    expect(kept()).toEqual([at('/a.2.js')])
  })

  it('keeps them as long as a tab runs a version that used them', async () => {
    store('/a.1.js', '/b.js', '/index.html?__WB_REVISION__=v1')
    await keep(listed('/a.2.js', '/b.js'), 'v1')
    store('/a.2.js', '/b.js', '/index.html?__WB_REVISION__=v2')
    await keep(listed('/a.3.js'), 'v1')
    store('/a.3.js', '/index.html?__WB_REVISION__=v3')
    await keep(listed('/a.4.js'), 'v2')
    // The first version's own chunk is gone with its last tab; what it shared with the second is not.
    expect(kept().sort()).toEqual([at('/a.2.js'), at('/a.3.js'), at('/b.js')])
    store('/a.4.js', '/index.html?__WB_REVISION__=v4')
    await keep(listed('/a.5.js'))
    expect(kept()).toEqual([at('/a.4.js')])
  })

  it('loses nothing when the same version starts again', async () => {
    store('/a.1.js', '/a.2.js')
    await keep(listed('/a.2.js'))
    store('/a.2.js')
    await keep(listed('/a.2.js'))
    expect(kept()).toEqual([at('/a.1.js')])
  })

  it('answers from what was kept, else from the network', async () => {
    store('/a.1.js')
    await keep(listed())
    const fetch = vi.fn(() => Promise.resolve(new Response('network')))
    vi.stubGlobal('fetch', fetch)
    expect(await (await previousOf(new Request(at('/a.1.js')))).text()).toBe('/a.1.js')
    expect(fetch).not.toHaveBeenCalled()
    expect(await (await previousOf(new Request(at('/new.js')))).text()).toBe('network')
  })
})
