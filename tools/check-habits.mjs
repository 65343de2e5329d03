// Habits the linter cannot see: names of files, heads of files, logical properties in CSS, no markup that the policy forbids.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { filesBelow } from './static-files.mjs'

const emptyNames = /(^|[-.])(utils?|helpers?|common|misc|types|manager|service|handler)([-.]|$)/i
const physical = [
  /(?:^|[;{\s])((?:margin|padding|border|scroll-margin|scroll-padding|inset)-(?:left|right)[\w-]*)\s*:/,
  /(?:^|[;{\s])(border-(?:top|bottom)-(?:left|right)-radius)\s*:/,
  /(?:^|[;{\s])(left|right)\s*:/,
  /(?:^|[;{\s])((?:text-align|float|clear)\s*:\s*(?:left|right))\b/,
]

/**
 * @param {string} file path
 * @param {string} text
 * @returns {string[]} complaints
 */
export function habitComplaints(file, text) {
  const name = basename(file)
  return [...nameComplaints(name, text), ...headComplaints(file, text), ...styleComplaints(file, text)].map(
    (complaint) => `${file}: ${complaint}`,
  )
}

/** @param {string} name @param {string} text */
function nameComplaints(name, text) {
  const complaints = []
  if (name !== 'service-worker.ts' && emptyNames.test(name)) complaints.push('the name says nothing')
  if (/\.svelte$/.test(name) && !/^(\+[a-z]+|[A-Z][A-Za-z0-9]*)\.svelte$/.test(name))
    complaints.push('components are PascalCase')
  if (/\.(ts|mjs)$/.test(name) && !/^[a-z0-9]+([-.][a-z0-9]+)*\.(ts|mjs)$/.test(name) && !name.startsWith('+')) {
    complaints.push('modules are kebab-case')
  }
  if (/\.ts$/.test(name) && !/\.test\.ts$/.test(name)) {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|`[^`]*`|'[^'\n]*'/g, '')
    const hasRunes = /\$(state|derived|effect|props)\b/.test(code)
    if (hasRunes !== name.endsWith('.svelte.ts'))
      complaints.push(hasRunes ? 'runes: name it .svelte.ts' : 'no runes: name it .ts')
  }
  return complaints
}

/** @param {string} file @param {string} text */
function headComplaints(file, text) {
  if (/\.(css|html)$|\.test\.ts$/.test(file)) return []
  const head = file.endsWith('.svelte') ? /^\s*(<!--|(<script[^>]*>\s*)(\/\/|\/\*))/ : /^(#!.*\n)?\s*(\/\/|\/\*)/
  return head.test(text) || /^src\/routes\//.test(file)
    ? []
    : ['begin with what it is for, in one to four lines of comment']
}

/** @param {string} file @param {string} text */
function styleComplaints(file, text) {
  if (!/\.(css|svelte|html)$/.test(file)) return []
  const complaints = []
  if (file.endsWith('.html') && /\sstyle=|\son[a-z]+=|<style/.test(text))
    complaints.push('the policy forbids inline styles and events')
  const css = file.endsWith('.css')
    ? text
    : [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map((match) => match[1]).join('\n')
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .forEach((line) => {
      const found = physical.map((pattern) => pattern.exec(line)?.[1]).find(Boolean)
      if (found) complaints.push(`logical properties only, not "${found}"`)
      if (/url\(\s*['"]?(https?:)?\/\//.test(line)) complaints.push('no address of a third party')
    })
  return complaints
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = [
    ...filesBelow('src', /\.(ts|svelte|css|html)$/),
    ...filesBelow('tools', /\.mjs$/),
    ...filesBelow('tests', /\.ts$/),
  ]
  const complaints = files.flatMap((file) => habitComplaints(file, readFileSync(file, 'utf8')))
  for (const complaint of complaints) console.error(complaint)
  console.log(`${files.length} files, ${complaints.length} complaints`)
  process.exitCode = complaints.length > 0 ? 1 : 0
}
