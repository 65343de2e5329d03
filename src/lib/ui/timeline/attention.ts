/**
 * Is the person here: the page visible and focused, and touched not long ago. What counts as read follows from it.
 */

/** Without pointer, key or wheel for this long (ms) nobody is taken to be reading. */
const presentFor = 3 * 60_000
/** At most so often (ms) is `onSign` told of a sign of life. */
const toldEvery = 1000

export class Attention {
  #lastSign = 0
  #lastTold = 0

  /** Watches the page; `onSign` is told when the person acts or comes back. Opening a conversation is a sign of life. */
  attach(onSign: () => void): () => void {
    const sign = () => {
      this.#lastSign = performance.now()
      if (this.#lastSign - this.#lastTold < toldEvery) return
      this.#lastTold = this.#lastSign
      onSign()
    }
    const comeBack = () => {
      if (document.visibilityState === 'visible' && document.hasFocus()) sign()
    }
    const acts = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove'] as const
    for (const act of acts) window.addEventListener(act, sign, { passive: true, capture: true })
    window.addEventListener('focus', comeBack)
    document.addEventListener('visibilitychange', comeBack)
    comeBack()
    return () => {
      for (const act of acts) window.removeEventListener(act, sign, { capture: true })
      window.removeEventListener('focus', comeBack)
      document.removeEventListener('visibilitychange', comeBack)
    }
  }

  isPresent(): boolean {
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return false
    return this.#lastSign > 0 && performance.now() - this.#lastSign < presentFor
  }
}
