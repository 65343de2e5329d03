/** Whether the person is at this page (see model/attention.ts): what the browser shows, and when they last did something. */
import type { Page } from '#model/attention.ts'

/** At most so often (ms) is a sign of life told. */
const toldEvery = 5_000

const acts = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove'] as const

/** Opening or focusing a page is a sign of life, too. */
export function browserPage(): Page {
  const isVisible = () => document.visibilityState === 'visible'
  let lastSign: number | null = null
  let lastTold = Number.NEGATIVE_INFINITY
  return {
    look: () => ({
      isVisible: isVisible(),
      hasFocus: document.hasFocus(),
      idle: lastSign === null ? null : performance.now() - lastSign,
    }),
    onChange(fn) {
      const ended = new AbortController()
      const { signal } = ended
      const sign = () => {
        lastSign = performance.now()
        if (lastSign - lastTold < toldEvery) return
        lastTold = lastSign
        fn()
      }
      const turn = () => {
        if (isVisible() && document.hasFocus()) lastSign = performance.now()
        fn()
      }
      for (const act of acts) addEventListener(act, sign, { signal, passive: true, capture: true })
      for (const name of ['focus', 'blur', 'pageshow']) addEventListener(name, turn, { signal })
      document.addEventListener('visibilitychange', turn, { signal })
      turn()
      return () => ended.abort()
    },
  }
}
