/**
 * The keyboard of a phone covers the page without changing its size in some browsers. How much of the page it covers is
 * told through VisualViewport; the conversation keeps that much free, so that what is written stays in sight.
 */

/** CSS px at the lower end of `page` that a keyboard covers; 0 while the person has zoomed in, which also shrinks the view. */
export function coveredHeight(
  page: number,
  view: { readonly height: number; readonly offsetTop: number; readonly scale: number },
): number {
  if (view.scale > 1.01) return 0
  const covered = page - view.height - view.offsetTop
  // Bars of the browser that come and go are no keyboard.
  return covered > 60 ? Math.round(covered) : 0
}

/** Tells `onchange` the covered height whenever it changes. Returns the end of watching. */
export function watchKeyboard(onchange: (covered: number) => void): () => void {
  const view = window.visualViewport
  if (!view) return () => undefined
  let last = 0
  const look = () => {
    const covered = coveredHeight(document.documentElement.clientHeight, view)
    if (covered === last) return
    last = covered
    onchange(covered)
  }
  view.addEventListener('resize', look)
  view.addEventListener('scroll', look)
  return () => {
    view.removeEventListener('resize', look)
    view.removeEventListener('scroll', look)
  }
}
