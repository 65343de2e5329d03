/** How much this site stores and whether the browser may throw it away. */

/** Bytes; null: the browser does not tell. */
export async function readUsage(): Promise<{ used: number; limit: number } | null> {
  try {
    const { usage, quota } = await navigator.storage.estimate()
    return usage === undefined || quota === undefined ? null : { used: usage, limit: quota }
  } catch {
    // Refused in private windows of some browsers: then it is not known.
    return null
  }
}

/** True: nothing is evicted without asking; null: the browser does not tell. */
export async function isPersistent(): Promise<boolean | null> {
  try {
    return await navigator.storage.persisted()
  } catch {
    return null
  }
}

/** Asks for storage that stays; some browsers ask the person. Answers whether it is granted. */
export async function askPersistence(): Promise<boolean> {
  try {
    return await navigator.storage.persist()
  } catch {
    return false
  }
}
