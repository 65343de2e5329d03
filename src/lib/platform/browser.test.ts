import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { randomId } from '#model/random.ts'
import { browserBuckets, type BucketManager } from './bucket.ts'
import { browserClock } from './clock.ts'
import { browserNetwork } from './network.ts'
import { wipeStorages } from './wipe.ts'

afterEach(() => vi.unstubAllGlobals())

describe('browserClock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('calls once, after the time, also beyond the longest timer of a browser', () => {
    const fn = vi.fn()
    const day = 86_400_000
    browserClock().after(60 * day, fn)
    vi.advanceTimersByTime(60 * day - 1)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fn).toHaveBeenCalledOnce()
  })

  it('takes a call back', () => {
    const fn = vi.fn()
    const cancel = browserClock().after(40 * 86_400_000, fn)
    vi.advanceTimersByTime(30 * 86_400_000)
    cancel()
    vi.advanceTimersByTime(30 * 86_400_000)
    expect(fn).not.toHaveBeenCalled()
  })
})

describe('browserNetwork', () => {
  it('tells each change until it is ended', () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' })
    const target = new EventTarget()
    vi.stubGlobal('document', page)
    vi.stubGlobal('navigator', { onLine: false })
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
    const network = browserNetwork()
    const fn = vi.fn()
    const end = network.onChange(fn)
    expect([network.isOnline(), network.isVisible()]).toEqual([false, false])
    target.dispatchEvent(new Event('online'))
    page.dispatchEvent(new Event('visibilitychange'))
    expect(fn).toHaveBeenCalledTimes(2)
    end()
    target.dispatchEvent(new Event('offline'))
    page.dispatchEvent(new Event('resume'))
    expect(fn).toHaveBeenCalledTimes(2)
  })
})

describe('buckets', () => {
  const managed = (part: Partial<BucketManager>, path = '/') => browserBuckets(part as BucketManager, path)

  it('keeps ids apart in names that buckets allow', async () => {
    const names: string[] = []
    const open = (name: string) => (names.push(name), Promise.resolve({ indexedDB: name as unknown as IDBFactory }))
    const { openBucket } = managed({ open }, `/${'a long path/'.repeat(20)}`)
    expect(await openBucket('Ab_-1')).toBe(names[0])
    await openBucket('ab_-1')
    await openBucket(randomId())
    expect(new Set(names).size).toBe(3)
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  })

  it('keeps those of two deployments on one origin apart', async () => {
    const names: string[] = []
    const manager: Partial<BucketManager> = {
      open: (name) => (names.push(name), Promise.resolve({ indexedDB: {} as IDBFactory })),
      keys: () => Promise.resolve([...names, 'besedka-', 'else']),
    }
    const [a, b] = [managed(manager, '/a/'), managed(manager, '/b/')]
    await a.openBucket('Ab_-1')
    expect([await a.bucketIds(), await b.bucketIds()]).toEqual([['Ab_-1'], []])
  })

  it('tells where there are none from where one is refused, which is there all the same', async () => {
    vi.stubGlobal('navigator', {})
    const none = browserBuckets(undefined, '/')
    expect([await none.openBucket('a'), await none.deleteBucket('a')]).toEqual([null, false])
    const refuse = () => Promise.reject(new DOMException('no', 'InvalidStateError'))
    const refused = managed({ open: refuse, delete: refuse })
    await expect(refused.openBucket('a')).rejects.toThrow('storage-refused')
    expect(await refused.deleteBucket('a')).toBe(false)
  })
})

describe('wipeStorages', () => {
  it('erases what is personal, of this deployment, and leaves the rest', async () => {
    const storage = (entries: Record<string, string>) =>
      Object.defineProperty(entries, 'removeItem', { value: (name: string) => Reflect.deleteProperty(entries, name) })
    const local = storage({ 'besedka:theme': 'dark', 'besedka:config:/': '{}', 'besedka:x': 'me', other: 'o' })
    const session = storage({ 'besedka:y': 'me' })
    const names = ['besedka:/:shell', 'besedka:/:shell-previous', 'besedka:/:media', 'besedka:/x/:media', 'else']
    const gone: string[] = []
    vi.stubGlobal('localStorage', local)
    vi.stubGlobal('sessionStorage', session)
    vi.stubGlobal('caches', {
      keys: () => Promise.resolve(names),
      delete: (name: string) => Promise.resolve(gone.push(name) > 0),
    })
    await wipeStorages('besedka:/')
    expect(Object.keys(local)).toEqual(['besedka:theme', 'besedka:config:/', 'other'])
    expect(Object.keys(session)).toEqual([])
    expect(gone).toEqual(['besedka:/:media'])
  })

  it('never rejects', async () => {
    const refuse = () => {
      throw new DOMException('no', 'SecurityError')
    }
    vi.stubGlobal('caches', { keys: refuse })
    await expect(wipeStorages('besedka:/')).resolves.toBeUndefined()
  })
})
