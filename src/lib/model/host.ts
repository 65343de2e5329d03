/**
 * Host names in one canonical form: lower case, Unicode labels (RFC 7622 section 3.2), IP literals as URLs write them.
 * The mapping itself is the platform's URL parser (UTS 46); only the way back from "xn--" is written here (RFC 3492).
 */

const plainHost = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
const dottedQuad = /^\d{1,3}(?:\.\d{1,3}){3}$/
// The URL parser reads a host whose last label is a number as an IPv4 address: "1.2" would become 1.0.0.2.
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/
const notInHost = /[\0-\x20\x21-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]/

/** Canonical form of a host name, "[v6]" or dotted quad; null where it is none. Ports and user names are none. */
export function readHost(text: string): string | null {
  const host = text.endsWith('.') ? text.slice(0, -1) : text
  if (host.startsWith('[')) return readLiteral(host)
  const lower = host.toLowerCase()
  if (endsInNumber.test(lower)) return dottedQuad.test(lower) && asciiOf(lower) === lower ? lower : null
  if (plainHost.test(lower) && !lower.includes('xn--')) return lower
  if (host === '' || notInHost.test(host)) return null
  const ascii = asciiOf(host)
  if (ascii === null || endsInNumber.test(ascii)) return null
  return unicodeHost(ascii)
}

/** The host as sent on the wire of HTTP and DNS ("xn--" labels); null where the URL parser refuses it. */
export function asciiOf(host: string): string | null {
  try {
    const { hostname } = new URL(`https://${host}`)
    return plainHost.test(hostname) ? hostname : null
  } catch {
    return null
  }
}

/** Turns "xn--" labels into letters; null where one is malformed. */
function unicodeHost(ascii: string): string | null {
  const labels: string[] = []
  for (const label of ascii.split('.')) {
    const read = label.startsWith('xn--') ? decodeLabel(label.slice(4)) : label
    if (read === null || read === '') return null
    labels.push(read)
  }
  return labels.join('.')
}

function readLiteral(host: string): string | null {
  if (!/^\[[0-9a-f:.]+\]$/i.test(host)) return null
  try {
    return new URL(`https://${host}`).hostname
  } catch {
    return null
  }
}

const base = 36
const tMin = 1
const tMax = 26

/** RFC 3492 section 6.2; null on any malformed input. */
function decodeLabel(label: string): string | null {
  const cut = label.lastIndexOf('-')
  const output = Array.from(cut > 0 ? label.slice(0, cut) : '', (letter) => letter.codePointAt(0) as number)
  let code = 128
  let index = 0
  let bias = 72
  let at = cut > 0 ? cut + 1 : 0
  while (at < label.length) {
    const before = index
    let weight = 1
    for (let k = base; ; k += base) {
      const digit = digitOf(label.charCodeAt(at++))
      if (digit === null) return null
      index += digit * weight
      const threshold = Math.min(Math.max(k - bias, tMin), tMax)
      if (digit < threshold) break
      weight *= base - threshold
      if (!Number.isSafeInteger(weight) || !Number.isSafeInteger(index)) return null
    }
    const count = output.length + 1
    bias = adapt(index - before, count, before === 0)
    code += Math.floor(index / count)
    index %= count
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null
    output.splice(index++, 0, code)
  }
  return String.fromCodePoint(...output)
}

function digitOf(unit: number): number | null {
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x61
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30 + 26
  return null
}

/** RFC 3492 section 6.1 with its own constants: damp 700, skew 38. */
function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / 700) : Math.floor(delta / 2)
  rest += Math.floor(rest / count)
  let k = 0
  while (rest > ((base - tMin) * tMax) / 2) {
    rest = Math.floor(rest / (base - tMin))
    k += base
  }
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + 38))
}
