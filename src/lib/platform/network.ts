/** Network and visibility of this page (see model/network.ts). */
import type { Network } from '#model/network.ts'

export function browserNetwork(): Network {
  return {
    isOnline: () => navigator.onLine,
    isVisible: () => document.visibilityState === 'visible',
    onChange(fn) {
      const ended = new AbortController()
      const { signal } = ended
      addEventListener('online', fn, { signal })
      addEventListener('offline', fn, { signal })
      document.addEventListener('visibilitychange', fn, { signal })
      // A page out of the back/forward cache, or thawed, missed what happened meanwhile.
      addEventListener('pageshow', fn, { signal })
      document.addEventListener('resume', fn, { signal })
      return () => ended.abort()
    },
  }
}
