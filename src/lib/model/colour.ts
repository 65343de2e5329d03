/**
 * The colour of a person: the same hue in every client (XEP-0392), with a lightness that stays readable.
 * Pure arithmetic; which lightness a theme needs is said by whoever paints.
 *
 * @xep 0392 Consistent Color Generation 1.0.0
 */

/** Rotates left within 32 bits. */
function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

/** The message with the padding of FIPS 180-4 section 5.1.1, as big-endian words. */
function padded(bytes: Uint8Array): DataView {
  const view = new DataView(new ArrayBuffer((((bytes.length + 8) >> 6) + 1) << 6))
  bytes.forEach((byte, index) => view.setUint8(index, byte))
  view.setUint8(bytes.length, 0x80)
  view.setUint32(view.byteLength - 4, bytes.length * 8)
  return view
}

/** What is added in each of the four rounds of 20 steps: the choice function and its constant (FIPS 180-4 section 6.1). */
function roundTerm(step: number, b: number, c: number, d: number): number {
  if (step < 20) return ((b & c) | (~b & d)) + 0x5a827999
  if (step < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (step < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}

/**
 * First 16 bits of SHA-1, read as little endian, as XEP-0392 section 5.1 wants them.
 * Synchronous on purpose: a colour is needed while a list is painted, and nothing secret depends on it.
 */
function hashStart(text: string): number {
  const view = padded(new TextEncoder().encode(text))
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as const
  let [h0, h1, h2, h3, h4] = state as unknown as [number, number, number, number, number]
  const words = new Int32Array(80)
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 80; i += 1)
      words[i] =
        i < 16
          ? view.getInt32(block + i * 4)
          : rotate(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1)
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4]
    for (let i = 0; i < 80; i += 1) {
      const next = (rotate(a, 5) + roundTerm(i, b, c, d) + e + words[i]!) | 0
      ;[e, d, c, b, a] = [d, c, rotate(b, 30), a, next]
    }
    ;[h0, h1, h2, h3, h4] = [(h0 + a) | 0, (h1 + b) | 0, (h2 + c) | 0, (h3 + d) | 0, (h4 + e) | 0]
  }
  return ((h0 >>> 24) & 0xff) | (((h0 >>> 16) & 0xff) << 8)
}

/** Hue in degrees, 0 ≤ hue < 360, of a bare JID, occupant id or nick (XEP-0392 section 5.1). */
export function hueOf(text: string): number {
  return (hashStart(text) / 65536) * 360
}

/** Linear sRGB rows for XYZ (D65, IEC 61966-2-1). */
const toLinear = [
  [3.2409699419045, -1.5373831775701, -0.498610760293],
  [-0.96924363628088, 1.8759675015077, 0.041555057407176],
  [0.055630079696994, -0.20397695888898, 1.0569715142429],
] as const

/** Relative luminance (Y of XYZ, white 1) of a CIE lightness 0…100. */
function luminanceOfLightness(lightness: number): number {
  return lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / 903.2962962
}

/** sRGB channels 0…1 for CIE LUV lightness, chroma and hue; null outside what a screen can show. */
function channels(lightness: number, chroma: number, hue: number): [number, number, number] | null {
  const angle = (hue / 180) * Math.PI
  const u = (chroma * Math.cos(angle)) / (13 * lightness) + 0.19783000664283
  const v = (chroma * Math.sin(angle)) / (13 * lightness) + 0.46831999493879
  const y = luminanceOfLightness(lightness)
  const x = (9 * y * u) / (4 * v)
  const z = ((12 - 3 * u - 20 * v) * y) / (4 * v)
  const linear = toLinear.map(([rx, ry, rz]) => rx * x + ry * y + rz * z)
  if (linear.some((part) => part < -0.0001 || part > 1.0001)) return null
  return linear.map((part) => (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055)) as [
    number,
    number,
    number,
  ]
}

/** The greatest chroma a screen can show at this lightness and hue, within 0.1. */
function greatestChroma(lightness: number, hue: number): number {
  let [low, high] = [0, 200]
  while (high - low > 0.1) {
    const middle = (low + high) / 2
    if (channels(lightness, middle, hue)) low = middle
    else high = middle
  }
  return low
}

/**
 * `#rrggbb` for a hue at a CIE lightness (0…100) and a CIE LUV chroma, or the greatest below it that a screen can show (XEP-0392 section 5.3,
 * with an even chroma instead of an even saturation, which would make greens shrill).
 * Luminance, and with it contrast, depends on the lightness alone: one lightness for a theme is readable at every hue.
 */
export function colourOf(hue: number, lightness: number, chroma: number): string {
  const found = channels(lightness, Math.min(chroma, greatestChroma(lightness, hue)), hue) ?? [0.5, 0.5, 0.5]
  const hex = found.map((part) =>
    Math.round(Math.min(1, Math.max(0, part)) * 255)
      .toString(16)
      .padStart(2, '0'),
  )
  return `#${hex.join('')}`
}

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((from) => {
    const part = Number.parseInt(colour.slice(from, from + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Contrast of two colours `#rrggbb`, 1…21 (WCAG 2.2). */
export function contrastRatio(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}
