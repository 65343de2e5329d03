// What is delivered must be under a permissive licence; what only builds and tests it must not be under the GPL family.
// Reads package-lock.json, so it sees everything that `npm ci` installs.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const permissive = [
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'CC0-1.0',
  'Unlicense',
  'BlueOak-1.0.0',
]
/** Installed for development, yet parts of them are in the bundle. */
const bundled = ['svelte', '@sveltejs/kit', 'esm-env', 'devalue', 'clsx', 'vite']
/** More than this are more than can be watched. */
const mostDelivered = 25

/**
 * @param {string} expression SPDX, such as `(MIT OR GPL-2.0)`
 * @returns {boolean} a choice of permissive licences alone covers it
 */
export function isPermissive(expression) {
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => permissive.includes(one.trim())))
}

/**
 * @param {Record<string, { license?: string, dev?: boolean }>} packages `packages` of a lock file
 * @returns {string[]} complaints
 */
export function licenceComplaints(packages) {
  const installed = Object.entries(packages)
    .filter(([path]) => path.startsWith('node_modules/'))
    .map(([path, { license, dev }]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      license: license ?? 'none',
      dev,
    }))
  const delivered = installed.filter(({ name, dev }) => !dev || bundled.includes(name))
  const complaints = delivered
    .filter(({ license }) => !isPermissive(license))
    .map(({ name, license }) => `${name} is delivered and its licence is ${license}`)
  for (const { name, license } of installed) {
    if (/GPL/.test(license) && !isPermissive(license)) complaints.push(`${name} is under ${license}`)
  }
  const count = installed.filter(({ dev }) => !dev).length
  if (count > mostDelivered) complaints.push(`${count} packages are delivered; at most ${mostDelivered} can be watched`)
  return [...new Set(complaints)]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const complaints = licenceComplaints(packages)
  for (const complaint of complaints) console.error(complaint)
  console.log(`${Object.keys(packages).length - 1} packages, ${complaints.length} complaints`)
  process.exitCode = complaints.length > 0 ? 1 : 0
}
