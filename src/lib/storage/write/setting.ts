/** Settings of this device, in the root database; written by the tab in which the person changes them. */
import { transact, type RootDatabase } from '../database.ts'

export async function readSetting<T>(root: RootDatabase, name: string): Promise<T | null> {
  return ((await root.get('setting', name))?.value as T | undefined) ?? null
}

export async function putSetting(root: RootDatabase, name: string, value: unknown): Promise<void> {
  await transact(root, ['setting'], (tx) => tx.objectStore('setting').put({ name, value }))
}
