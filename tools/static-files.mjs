// Lists the files the checks read.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * All files below a folder.
 * @param {string} folder
 * @param {RegExp} [name] only names that match
 * @returns {string[]} paths with '/', sorted; empty when there is no such folder
 */
export function filesBelow(folder, name = /./) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'))
    .sort()
}
