// Looks for canaries, random strings that a test has planted, in every byte of every file of a browser's profile folder.
// What is planted, and when none may be left, is said in wipe.ts.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Something that must not stay: what it is, and its bytes. */
export interface Canary {
  name: string
  bytes: Buffer
}

/** Where one was found. */
export interface Trace {
  canary: string
  form: string
  file: string
}

/**
 * The ways a browser may have written the same bytes down: as they are (UTF-8, Latin-1 of V8's serialisation, JSON), as
 * UTF-16, in base64 at each of its three alignments, in hexadecimal. Tables compressed by Snappy need no way of their own:
 * a block holds random bytes as they are where they stand for the first time.
 */
export function formsOf(bytes: Buffer): [string, Buffer][] {
  const wide = Buffer.from(bytes.toString('latin1'), 'utf16le')
  const hex = bytes.toString('hex')
  const forms: [string, Buffer][] = [
    ['plain', bytes],
    ['utf-16le', wide],
    ['utf-16be', Buffer.from(wide).swap16()],
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
  ]
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '')
    // Characters at both ends hold bits of what stands beside it.
    const inner = encoded.slice(shift === 0 ? 0 : shift + 1, (bytes.length + shift) % 3 === 0 ? undefined : -1)
    forms.push([`base64 ${shift}`, Buffer.from(inner)])
    const url = inner.replaceAll('+', '-').replaceAll('/', '_')
    if (url !== inner) forms.push([`base64url ${shift}`, Buffer.from(url)])
    forms.push([`base64 ${shift} wide`, Buffer.from(inner, 'utf16le')])
  }
  return forms
}

/** Every file below the folder that holds a canary, in whatever form. A file that goes away meanwhile holds none. */
export function findTraces(
  folder: string,
  canaries: readonly Canary[],
): { traces: Trace[]; files: number; bytes: number } {
  const wanted = canaries.flatMap(({ name, bytes }) => formsOf(bytes).map(([form, look]) => ({ name, form, look })))
  const traces: Trace[] = []
  let [files, total] = [0, 0]
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const body = contentOf(path)
    if (body === null) continue
    files += 1
    total += body.length
    const file = relative(folder, path)
    for (const { name, form, look } of wanted)
      if (body.includes(look) || Buffer.from(path).includes(look)) traces.push({ canary: name, form, file })
  }
  return { traces, files, bytes: total }
}

function contentOf(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
