/** The browser's time (see model/clock.ts). */
import type { Clock } from '#model/clock.ts'

/** Timers count in 32 bits; a longer one would fire at once. */
const longest = 2 ** 31 - 1

export function browserClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms, fn) {
      const end = performance.now() + ms
      let timer: ReturnType<typeof setTimeout>
      const wait = () => {
        const left = end - performance.now()
        timer = left > longest ? setTimeout(wait, longest) : setTimeout(fn, Math.max(0, left))
      }
      wait()
      return () => clearTimeout(timer)
    },
  }
}
