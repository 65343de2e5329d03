/** Writes to the clipboard. Only ever called from a gesture of the person. */

/** False where the browser refuses. */
export async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
