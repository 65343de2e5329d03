import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserTabs, type Locks } from './tabs.ts'

/** Web Locks of one origin, as far as the specification concerns us: queue, steal, abort. */
function fakeLocks(): Locks {
  const held = new Map<string, { stolen: (reason: unknown) => void }>()
  const queue = new Map<string, (() => void)[]>()
  const free = (name: string) => {
    held.delete(name)
    queue.get(name)?.shift()?.()
  }
  return {
    request(name, { steal, signal }, callback) {
      if (steal && signal) return Promise.reject(new DOMException('both', 'NotSupportedError'))
      return new Promise((resolve, reject) => {
        const take = () => {
          const own = { stolen: reject }
          held.set(name, own)
          void callback().then(() => {
            if (held.get(name) === own) free(name)
            resolve(undefined)
          })
        }
        if (steal) {
          held.get(name)?.stolen(new DOMException('stolen', 'AbortError'))
          take()
        } else if (!held.has(name)) take()
        else {
          const waiting = queue.get(name) ?? []
          queue.set(name, [...waiting, take])
          signal?.addEventListener('abort', () => {
            queue.set(
              name,
              (queue.get(name) ?? []).filter((each) => each !== take),
            )
            reject(signal.reason as Error)
          })
        }
      })
    },
  }
}

describe('browserTabs', () => {
  const locks = fakeLocks()
  const a = browserTabs(locks, 'besedka:/')
  const b = browserTabs(locks, 'besedka:/')

  it('names each tab', () => {
    expect(a.id).not.toBe(b.id)
  })

  it('gives a lock to one, then to the next', async () => {
    const events: string[] = []
    const first = await a.hold('x')
    const second = b.hold('x').then((lock) => {
      events.push('second')
      return lock
    })
    void first.lost.then(() => events.push('first lost'))
    events.push('released')
    first.release()
    const lock = await second
    await first.lost
    expect(events.sort()).toEqual(['first lost', 'released', 'second'])
    lock.release()
    lock.release()
    await lock.lost
  })

  it('tells the holder when another tab steals', async () => {
    const first = await a.hold('y')
    const second = await b.hold('y', { steal: true, signal: new AbortController().signal })
    await first.lost
    second.release()
    const third = await a.hold('y')
    third.release()
  })

  it('gives up waiting', async () => {
    const first = await a.hold('z')
    const patience = new AbortController()
    const second = b.hold('z', { signal: patience.signal })
    patience.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    first.release()
  })

  it('keeps locks of another deployment apart', async () => {
    const other = browserTabs(locks, 'besedka:/other/')
    const [one, two] = [await a.hold('w'), await other.hold('w')]
    one.release()
    two.release()
  })
})

describe('messages', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('reach the other tabs of the deployment, and not the sender', async () => {
    const open: BroadcastChannel[] = []
    vi.stubGlobal(
      'BroadcastChannel',
      class extends BroadcastChannel {
        constructor(name: string) {
          super(name)
          open.push(this)
        }
      },
    )
    const [a, b, other] = ['besedka:/', 'besedka:/', 'besedka:/x/'].map((prefix) => browserTabs(fakeLocks(), prefix))
    if (!a || !b || !other) throw new Error('three tabs')
    const heard: unknown[] = []
    a.listen('changes', () => heard.push('own'))
    other.listen('changes', () => heard.push('other deployment'))
    const end = b.listen('changes', (message) => heard.push(message))
    a.post('changes', { n: 1 })
    await vi.waitFor(() => expect(heard).toEqual([{ n: 1 }]))
    end()
    // A second channel proves that the first one's turn is over.
    b.listen('later', (message) => heard.push(message))
    a.post('changes', { n: 2 })
    a.post('later', 'last')
    await vi.waitFor(() => expect(heard).toContain('last'))
    expect(heard).toEqual([{ n: 1 }, 'last'])
    for (const channel of open) channel.close()
  })
})
