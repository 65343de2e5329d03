/**
 * Erases what a signed-out account may have left outside the databases. Those are deleted by storage and bucket.ts.
 * What stays is nobody's: the app's own files, the operator's configuration and the theme.
 */
import { namePrefix } from './place.ts'

const kept = /^besedka:(?:theme$|config:)/
const shellCaches = ':shell'

/** Never rejects: what a browser refuses here it does not keep either. */
export async function wipeStorages(prefix: string = namePrefix()): Promise<void> {
  wipeKeys(() => localStorage)
  wipeKeys(() => sessionStorage)
  try {
    const names = await caches.keys()
    const personal = names.filter((name) => name.startsWith(`${prefix}:`) && !name.startsWith(prefix + shellCaches))
    await Promise.all(personal.map((name) => caches.delete(name)))
  } catch {
    // No caches outside secure contexts.
  }
}

function wipeKeys(storage: () => Storage): void {
  try {
    const keys = Object.keys(storage()).filter((key) => key.startsWith('besedka:') && !kept.test(key))
    for (const key of keys) storage().removeItem(key)
  } catch {
    // Storage is refused, so nothing of ours is in it.
  }
}
