/** Hues are those of XEP-0392's own test vectors; every hue is readable at the lightness the themes use. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { colourOf, contrastRatio, hueOf } from './colour.ts'

describe('hueOf', () => {
  it.each([
    ['Romeo', 327.255249],
    ['juliet@capulet.lit', 209.4104],
    ['😺', 331.199341],
    ['council', 359.994507],
  ])('%s has the hue of XEP-0392 section 13.2', (text, hue) => {
    expect(hueOf(text)).toBeCloseTo(hue, 5)
  })

  it('hashes texts of every length around a block as SHA-1 does', () => {
    for (let length = 0; length < 140; length += 1) {
      const text = 'я'.repeat(length >> 1) + 'a'.repeat(length & 1)
      const [low, high] = createHash('sha1').update(text).digest()
      expect(hueOf(text)).toBe(((low! | (high! << 8)) / 65536) * 360)
    }
  })
})

describe('colourOf', () => {
  it.each([
    ['text on light', 42, 60, '#f1eae0'],
    ['text on dark', 74, 55, '#2b2623'],
    ['letters of an avatar on light', 35, 50, colourOf(hueOf('someone'), 88, 30)],
    ['letters of an avatar on dark', 86, 35, colourOf(hueOf('someone'), 30, 28)],
  ])('%s is at least 4.5:1 at every hue', (_use, lightness, saturation, ground) => {
    for (let hue = 0; hue < 360; hue += 1)
      expect(contrastRatio(colourOf(hue, lightness, saturation), ground), `hue ${hue}`).toBeGreaterThanOrEqual(4.5)
  })

  it('tells hues apart', () => {
    const colours = new Set(Array.from({ length: 360 }, (_, hue) => colourOf(hue, 45, 50)))
    expect(colours.size).toBeGreaterThan(250)
  })
})

it('contrastRatio knows black and white', () => {
  expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})
