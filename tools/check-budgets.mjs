// Weighs the build (gzip, JavaScript and CSS) against budgets.json. `shell`: all that is loaded until the sign-in field is
// usable; `chat`: everything until a conversation is on screen. Run it after a build.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { filesBelow } from './static-files.mjs'
import { loadedWith, namedByPage } from './static-weight.mjs'

const client = '.svelte-kit/output/client'
const generated = '.svelte-kit/generated/client-optimized'
const { gzipBytes, notInChat, routes } = JSON.parse(readFileSync('budgets.json', 'utf8'))
/** @type {Record<string, import('./static-weight.mjs').Chunk>} */
const manifest = JSON.parse(readFileSync(`${client}/.vite/manifest.json`, 'utf8'))

const page = namedByPage(readFileSync('build/index.html', 'utf8'))
const start = keysOf(page)
const nodes = nodesByRoute()
// SvelteKit loads the error page with the root layout, before any route.
const eager = [...nodes].filter(([route]) => route === 'error' || routes.shell.includes(route)).map(([, key]) => key)
const later = [...nodes].filter(([route]) => !notInChat.some((/** @type {string} */ part) => route.includes(part)))

const shell = loadedWith(manifest, [...start, ...eager], { lazy: false })
const chatRoots = [...start, ...eager, ...later.map(([, key]) => key)]
// The entry names all pages by import(): which of them count is said by the roots.
const chat = loadedWith(manifest, chatRoots, { lazy: true, leaveOut: [...notInChat, `${generated}/nodes/`] })

const passed = [weigh('shell', new Set([...page, ...shell])), weigh('chat', new Set([...page, ...chat]))]
process.exitCode = passed.every(Boolean) ? 0 : 1

/** @param {string} name of the budget @param {Set<string>} files @returns {boolean} within the budget */
function weigh(name, files) {
  const sizes = [...files].map((file) => ({ file, size: gzipSync(readFileSync(`build/${file}`), { level: 9 }).length }))
  const sum = sizes.reduce((total, { size }) => total + size, 0)
  const allowed = gzipBytes[name]
  console.log(`${name}: ${sum} of ${allowed} bytes (gzip), ${files.size} files${sum > allowed ? ': TOO HEAVY' : ''}`)
  if (sum > allowed || process.argv.includes('--list')) {
    for (const { file, size } of sizes.sort((a, b) => b.size - a.size).slice(0, 15)) {
      console.log(`  ${String(size).padStart(7)}  ${file}`)
    }
  }
  return sum <= allowed
}

/** @param {string[]} files paths inside the build @returns {string[]} keys of those that are chunks */
function keysOf(files) {
  return Object.keys(manifest).filter((key) => files.includes(manifest[key]?.file ?? ''))
}

/** @returns {Map<string, string>} source of each page and layout (`src/routes/login/+page.svelte`, or `error`) to its chunk */
function nodesByRoute() {
  const found = new Map()
  for (const file of filesBelow(`${generated}/nodes`, /^\d+\.js$/)) {
    const source = /src\/routes\/.*?\.svelte/.exec(readFileSync(file, 'utf8'))?.[0]
    found.set(file.endsWith('/1.js') ? 'error' : (source ?? file), file)
  }
  return found
}
