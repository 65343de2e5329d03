/** Values to bytes and back, for sealing: JSON in which a Uint8Array survives. Nothing else of structured clone does. */

const bytesMark = '$bytes'
const plainMark = '$plain'

/** Throws TypeError for what JSON has no word for at the top: undefined, functions. */
export function encodeValue(value: unknown): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value, mark) as string | undefined
  if (text === undefined) throw new TypeError('no value to seal')
  return new TextEncoder().encode(text)
}

export function decodeValue(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes), unmark) as unknown
}

function mark(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return { [bytesMark]: toBase64(value) }
  // An object that looks like our own marks is kept as a list, so that nobody's data can pass for bytes.
  if (isMarked(value)) return { [plainMark]: Object.entries(value) }
  return value
}

function unmark(_name: string, value: unknown): unknown {
  if (!isMarked(value)) return value
  const record = value as Record<string, unknown>
  const base64 = record[bytesMark]
  return typeof base64 === 'string' ? fromBase64(base64) : Object.fromEntries(record[plainMark] as [string, unknown][])
}

function isMarked(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && (Object.hasOwn(value, bytesMark) || Object.hasOwn(value, plainMark))
  )
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  // Too many arguments overflow the stack.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
