/** Long texts in parts: nothing lost, nothing cut in two, each part within one frame. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { split } from './composer.svelte.ts'

const escaped = (text: string): number =>
  new TextEncoder().encode(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')).length

describe('a text in parts', () => {
  it('is whole when it fits', () => {
    expect(split('short', 100)).toEqual(['short'])
  })

  it('is cut at a line end, else at a space', () => {
    expect(split(`${'a'.repeat(60)}\n${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(60), 'b'.repeat(60)])
    expect(split(`${'a'.repeat(60)} ${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(60), 'b'.repeat(60)])
  })

  it('counts what escaping adds', () => {
    for (const part of split('&'.repeat(1_000), 100)) expect(escaped(part)).toBeLessThanOrEqual(100)
  })

  it('loses nothing but the space it is cut at, and splits no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => {
        const parts = split(text, 120)
        expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        for (const part of parts) {
          expect(escaped(part)).toBeLessThanOrEqual(120)
          expect(/[\ud800-\udfff]/u.test(part)).toBe(false)
        }
      }),
    )
  })
})
