/** Network and visibility of this page (see model/network.ts). */
import type { Network } from '#model/network.ts'

export function browserNetwork(): Network {
  let isFrozen = false
  // The last that a page hears before it sleeps, and the first when it wakes; noted before anybody asks.
  document.addEventListener('freeze', () => (isFrozen = true))
  document.addEventListener('resume', () => (isFrozen = false))
  return {
    isOnline: () => navigator.onLine,
    isVisible: () => document.visibilityState === 'visible',
    isFrozen: () => isFrozen,
    onChange(fn) {
      const ended = new AbortController()
      const { signal } = ended
      addEventListener('online', fn, { signal })
      addEventListener('offline', fn, { signal })
      document.addEventListener('visibilitychange', fn, { signal })
      // A page out of the back/forward cache, or thawed, missed what happened meanwhile.
      addEventListener('pageshow', fn, { signal })
      for (const name of ['freeze', 'resume']) document.addEventListener(name, fn, { signal })
      return () => ended.abort()
    },
  }
}
