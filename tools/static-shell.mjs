// Finishes the page after SvelteKit's static adapter: makes every address relative, moves the inline start script into a
// hashed file and writes the Content-Security-Policy into the page, so that one build runs under any path of any host
// without 'unsafe-*' and without hashes. Used by svelte.config.js; headers for a server come from the same policy.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import adapterStatic from '@sveltejs/adapter-static'
import { filesBelow } from './static-files.mjs'
import { metaPolicy } from './static-policy.mjs'

const pages = 'build'
const bootPlaceholder = '_app/immutable/boot.js'
/** What decides the bytes of the build. */
const sources = [
  'src',
  'static',
  'package-lock.json',
  'vite.config.ts',
  'svelte.config.js',
  'tools/static-announcer.mjs',
  'tools/static-policy.mjs',
  'tools/static-shell.mjs',
  'tools/static-stanza.mjs',
]

/** The static adapter with the steps above behind it. */
export function staticShell() {
  const inner = adapterStatic({ pages, fallback: 'index.html' })
  return {
    ...inner,
    name: 'besedka-static-shell',
    /** @param {import('@sveltejs/kit').Builder} builder */
    async adapt(builder) {
      await inner.adapt(builder)
      const file = join(pages, 'index.html')
      const shell = finishShell(readFileSync(file, 'utf8'))
      for (const [name, text] of Object.entries(shell.files)) writeFileSync(join(pages, name), text)
      writeFileSync(file, shell.html)
      const worker = join(pages, 'service-worker.js')
      if (existsSync(worker)) {
        const text = nameBootScript(readFileSync(worker, 'utf8'), Object.keys(shell.files)[0] ?? '')
        writeFileSync(worker, putDigests(text, digestsOf(pages)))
      }
    },
  }
}

/**
 * The page of the adapter as it is delivered. Pure, so that a test can hold it.
 * Throws when the page no longer looks as expected: better no build than one that breaks under a policy.
 * @param {string} html
 * @returns {{ html: string, files: Record<string, string> }} files by path inside the build
 */
export function finishShell(html) {
  /** @type {Record<string, string>} */
  const files = {}
  let out = html.replace(/<script>([\s\S]*?)<\/script>/g, (_, body) => {
    // The start script reads document.currentScript, so it must stay a classic script in the same place.
    // The second look at the frame is here because a script that throws does not keep the next one from running.
    const text = `if (window.self === window.top) ${body.replaceAll('"/_app/immutable/', '"./').trim()}\n`
    if (text.includes('/_app/')) throw new Error('the start script names an address this step does not know')
    const name = `_app/immutable/boot.${createHash('sha256').update(text).digest('base64url').slice(0, 8)}.js`
    files[name] = text
    return `<script src="./${name}"></script>`
  })
  out = out.replace(/\b(href|src)="\/(?!\/)/g, '$1="./')
  out = out.replace(/<head>/, `<head>\n    <meta http-equiv="content-security-policy" content="${metaPolicy()}" />`)
  if (Object.keys(files).length !== 1) throw new Error('expected exactly one inline script in the page')
  if (/<script(?![^>]*\ssrc=)/.test(out)) throw new Error('an inline script is left in the page')
  if (/\sstyle="|<style|\son[a-z]+="/i.test(out))
    throw new Error('an inline style or event attribute is left in the page')
  if (/["'(]\/_app\//.test(out)) throw new Error('an absolute address is left in the page')
  const policyAt = out.indexOf('content-security-policy')
  if (policyAt < 0 || policyAt > out.indexOf('<script'))
    throw new Error('the policy must stand before the first script')
  return { html: out, files }
}

/**
 * The start script is made after the worker was built, so SvelteKit's list of files cannot contain it: the worker names it
 * `_app/immutable/boot.js` in its precache list, and here it gets its hashed name.
 * @param {string} worker the worker's text
 * @param {string} name path of the start script inside the build
 */
export function nameBootScript(worker, name) {
  if (!worker.includes(bootPlaceholder)) throw new Error(`the service worker must precache '${bootPlaceholder}'`)
  return worker.replaceAll(bootPlaceholder, name)
}

const digestPlaceholder = '{"digests":"put in by the build"}'

/**
 * The worker with the digests of the files it keeps, by which it knows them when it fetches them.
 * @param {string} worker the worker's text
 * @param {Record<string, string>} digests base64 by path inside the build
 */
export function putDigests(worker, digests) {
  if (!worker.includes(digestPlaceholder)) throw new Error('the service worker must have a place for digests')
  const named = Object.entries(digests).filter(
    ([path]) => worker.includes(`/${path}\``) || worker.includes(`/${path}"`),
  )
  return worker.replace(digestPlaceholder, JSON.stringify(Object.fromEntries(named)))
}

/** @param {string} folder @returns {Record<string, string>} SHA-256 in base64 by path below it */
export function digestsOf(folder) {
  const digest = (/** @type {string} */ file) => createHash('sha256').update(readFileSync(file)).digest('base64')
  return Object.fromEntries(filesBelow(folder, /./).map((file) => [file.slice(folder.length + 1), digest(file)]))
}

/**
 * Names this version by what it is built from, so that the same sources give the same version wherever they are built.
 * The default, the time of the build, would make every rebuild look like an update.
 */
export function appVersion() {
  const hash = createHash('sha256')
  for (const path of sources.flatMap((one) => (one.includes('.') ? [one] : filesBelow(one, /^(?!.*\.test\.ts$)/)))) {
    hash.update(path).update('\0').update(readFileSync(path)).update('\0')
  }
  return `${JSON.parse(readFileSync('package.json', 'utf8')).version}-${hash.digest('hex').slice(0, 12)}`
}
