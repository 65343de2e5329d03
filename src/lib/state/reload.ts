/** Loading the page anew, for components: the network belongs to platform. */
import { reloadPage } from '#platform/reload.ts'

/** False where there is no way to reach the page; then nothing happens. */
export function reload(): Promise<boolean> {
  return reloadPage()
}
