/** Locks and messages between the tabs of one deployment (see model/tabs.ts). */
import type { HeldLock, Tabs } from '#model/tabs.ts'
import { namePrefix } from './place.ts'

/** The part of the Web Locks API used here; a test gives its own. */
export interface Locks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown>
}

export function browserTabs(locks: Locks = navigator.locks, prefix: string = namePrefix()): Tabs {
  const channels = new Map<string, BroadcastChannel>()
  // One object a channel: a second one in this tab would hear what the first one posts.
  const channel = (name: string) => {
    const known = channels.get(name)
    if (known) return known
    const made = new BroadcastChannel(`${prefix}:${name}`)
    channels.set(name, made)
    return made
  }
  return {
    id: crypto.randomUUID(),
    hold: (name, options = {}) => hold(locks, `${prefix}:${name}`, options),
    post: (name, message) => channel(name).postMessage(message),
    listen(name, fn) {
      const listener = (event: MessageEvent<unknown>) => fn(event.data)
      channel(name).addEventListener('message', listener)
      return () => channel(name).removeEventListener('message', listener)
    },
  }
}

function hold(locks: Locks, name: string, options: { steal?: boolean; signal?: AbortSignal }): Promise<HeldLock> {
  return new Promise((resolve, reject) => {
    let release = () => {}
    const held = new Promise<void>((done) => (release = done))
    let lose = () => {}
    const lost = new Promise<void>((done) => (lose = done))
    // Stealing takes the lock at once; the API refuses a signal beside it.
    const asked = options.steal ? { steal: true } : options.signal ? { signal: options.signal } : {}
    locks
      .request(name, asked, () => {
        resolve({ release, lost })
        return held
      })
      // A stolen lock rejects the promise of its former holder; before it was ours, the rejection is the answer.
      .then(lose, (error: unknown) => {
        lose()
        reject(error instanceof Error ? error : new Error(String(error)))
      })
  })
}
