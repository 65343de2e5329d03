/** Copying text, for components: the browser's clipboard belongs to platform. */
import { writeClipboard } from '#platform/clipboard.ts'

/** False where the browser refuses. */
export function copyText(text: string): Promise<boolean> {
  return writeClipboard(text)
}
