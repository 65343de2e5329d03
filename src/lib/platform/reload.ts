/** Loads the page anew, but only where that leads somewhere: without a network the browser's own error page would take its place. */

/** False where neither the host nor the worker gives out the page; then nothing happens. */
export async function reloadPage(): Promise<boolean> {
  try {
    await fetch('index.html')
  } catch {
    return false
  }
  location.reload()
  return true
}
