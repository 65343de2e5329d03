/** A finger that rests on a message asks for its actions. Mouse and pen keep the browser's own menu. */

const restFor = 450
/** CSS px a finger may tremble. */
const slack = 10

/** `onpress` is told the element under the finger. Returns the end of watching. */
export function watchLongPress(area: HTMLElement, onpress: (target: Element) => void): () => void {
  let timer = 0
  let start = { x: 0, y: 0 }
  let isTouch = false
  const stop = () => window.clearTimeout(timer)
  const down = (event: PointerEvent) => {
    stop()
    isTouch = event.pointerType === 'touch'
    if (!isTouch || !event.isPrimary) return
    start = { x: event.clientX, y: event.clientY }
    const target = event.target as Element
    timer = window.setTimeout(() => onpress(target), restFor)
  }
  const move = (event: PointerEvent) => {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > slack) stop()
  }
  const menu = (event: Event) => {
    // Links keep the browser's menu: open, copy, share.
    if (isTouch && !(event.target as Element).closest('a')) event.preventDefault()
    else stop()
  }
  const listeners = [
    ['pointerdown', down],
    ['pointermove', move],
    ['pointerup', stop],
    ['pointercancel', stop],
    ['contextmenu', menu],
  ] as const
  for (const [name, listener] of listeners) area.addEventListener(name, listener as EventListener, { passive: false })
  return () => {
    stop()
    for (const [name, listener] of listeners) area.removeEventListener(name, listener as EventListener)
  }
}
