// Weighs what a browser must load, from the manifest of the build: the arithmetic of tools/check-budgets.mjs.

/**
 * A chunk as Vite's manifest has it.
 * @typedef {object} Chunk
 * @property {string} file path inside the build
 * @property {string[]} [imports] keys of chunks loaded with it
 * @property {string[]} [dynamicImports] keys of chunks loaded later
 * @property {string[]} [css] paths inside the build
 * @property {string[]} [assets] paths inside the build
 */

/**
 * What is loaded when the given chunks are.
 * @param {Record<string, Chunk>} manifest
 * @param {string[]} roots keys of the manifest
 * @param {{ lazy: boolean, leaveOut?: string[] }} how lazy: follow import() too, but not into sources whose key contains one
 *   of leaveOut
 * @returns {Set<string>} paths of JavaScript and CSS files
 */
export function loadedWith(manifest, roots, { lazy, leaveOut = [] }) {
  /** @type {Set<string>} */
  const files = new Set()
  /** @type {Set<string>} */
  const seen = new Set()
  /** @param {string} key */
  const visit = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    const chunk = manifest[key]
    if (!chunk) throw new Error(`no chunk ${key} in the manifest`)
    for (const file of [chunk.file, ...(chunk.css ?? [])]) if (/\.(js|css)$/.test(file)) files.add(file)
    for (const next of chunk.imports ?? []) visit(next)
    if (!lazy) return
    for (const next of chunk.dynamicImports ?? []) if (!leaveOut.some((part) => next.includes(part))) visit(next)
  }
  for (const root of roots) visit(root)
  return files
}

/**
 * Local scripts, preloads and stylesheets that a page names.
 * @param {string} html
 * @returns {string[]} paths inside the build
 */
export function namedByPage(html) {
  const found = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)]
  return found.map((match) => match[1] ?? '')
}
