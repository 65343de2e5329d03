/** Settings of this device, in the root database; written by the tab in which the person changes them. */
import type { RootDatabase } from '../database.ts'

export async function readSetting<T>(root: RootDatabase, name: string): Promise<T | null> {
  return ((await root.get('setting', name))?.value as T | undefined) ?? null
}

export async function putSetting(root: RootDatabase, name: string, value: unknown): Promise<void> {
  await root.put('setting', { name, value })
}
