import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadConfig } from './config.ts'

const key = 'besedka:config:/chat/'

function stubBrowser(options: { answer?: () => Promise<Response>; stored?: string | null; refuses?: boolean }) {
  const kept = new Map<string, string>(typeof options.stored === 'string' ? [[key, options.stored]] : [])
  const refuse = () => {
    if (options.refuses) throw new DOMException('no', 'SecurityError')
  }
  vi.stubGlobal('location', { href: 'https://host.example/chat/index.html#/c/1' })
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => (refuse(), kept.get(name) ?? null),
    setItem: (name: string, value: string) => (refuse(), kept.set(name, value)),
  })
  const fetch = vi.fn(options.answer ?? (() => Promise.reject(new TypeError('offline'))))
  vi.stubGlobal('fetch', fetch)
  return { kept, fetch }
}

const answer =
  (text: string, status = 200) =>
  () =>
    Promise.resolve(new Response(text, { status }))

describe('loadConfig', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('fetches at the very first start, and stores', async () => {
    const { kept } = stubBrowser({ answer: answer('{"domain":"example.org"}') })
    const loaded = await loadConfig()
    expect(loaded).toMatchObject({ from: 'fetched', problems: [], config: { domain: 'example.org', name: 'Besedka' } })
    expect(kept.get(key)).toBe('{"domain":"example.org"}')
  })

  it('starts from the stored copy; what is fetched holds next time', async () => {
    const { kept } = stubBrowser({ stored: '{"name":"Old"}', answer: answer('{"name":"New"}') })
    const loaded = await loadConfig()
    expect(loaded).toMatchObject({ from: 'stored', config: { name: 'Old' } })
    await loaded.refreshed
    expect(kept.get(key)).toBe('{"name":"New"}')
  })

  it('starts from the stored copy when offline', async () => {
    const { kept } = stubBrowser({ stored: '{"name":"Old"}' })
    const loaded = await loadConfig()
    await loaded.refreshed
    expect(loaded.config.name).toBe('Old')
    expect(kept.get(key)).toBe('{"name":"Old"}')
  })

  it('asks with a limit, and runs on defaults when it passes', async () => {
    const limit = vi.spyOn(AbortSignal, 'timeout')
    stubBrowser({ answer: () => Promise.reject(new DOMException('late', 'TimeoutError')) })
    expect(await loadConfig()).toMatchObject({ from: 'default', problems: [], config: { name: 'Besedka' } })
    expect(limit).toHaveBeenCalledWith(3000)
  })

  it.each([
    ['', 404],
    ['<!doctype html><title>app</title>', 200],
  ])('takes a missing file for an empty one and does not wait for it again: %j %i', async (text, status) => {
    const { kept } = stubBrowser({ answer: answer(text, status) })
    expect(await loadConfig()).toMatchObject({ from: 'default', problems: [] })
    expect(kept.get(key)).toBe('{}')
  })

  it('does not take a failing host for a missing file', async () => {
    const { kept } = stubBrowser({ answer: answer('', 503) })
    expect(await loadConfig()).toMatchObject({ from: 'default' })
    expect(kept.has(key)).toBe(false)
  })

  it('names a file that is no JSON, and never stores it', async () => {
    const { kept } = stubBrowser({ answer: answer('{"domain": ') })
    expect((await loadConfig()).problems).toEqual([{ key: '', problem: 'no-object' }])
    expect(kept.has(key)).toBe(false)
    const later = stubBrowser({ stored: '{"name":"Old"}', answer: answer('oops') })
    await (
      await loadConfig()
    ).refreshed
    expect(later.kept.get(key)).toBe('{"name":"Old"}')
  })

  it('names what is wrong with the file as it lies there now, not as it was stored', async () => {
    stubBrowser({ stored: '{"name":"Old"}', answer: answer('{"name":7,"domian":"example.org"}') })
    const mistaken = await loadConfig()
    expect(mistaken.problems).toEqual([])
    expect(await mistaken.refreshed).toEqual([
      { key: 'name', problem: 'wrong-kind' },
      { key: 'domian', problem: 'unknown-key' },
    ])
    stubBrowser({ stored: '{"name":7}', answer: answer('{"name":"New"}') })
    const mended = await loadConfig()
    expect(mended.problems).toEqual([{ key: 'name', problem: 'wrong-kind' }])
    expect(await mended.refreshed).toEqual([])
    stubBrowser({ stored: '{"name":"Old"}', answer: answer('oops') })
    expect(await (await loadConfig()).refreshed).toEqual([{ key: '', problem: 'no-object' }])
    stubBrowser({ stored: '{"name":7}' })
    expect(await (await loadConfig()).refreshed).toBeNull()
  })

  it('works where storage is refused', async () => {
    stubBrowser({ refuses: true, answer: answer('{"name":"X"}') })
    expect((await loadConfig()).config.name).toBe('X')
  })
})
