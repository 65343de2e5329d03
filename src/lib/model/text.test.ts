import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteLength, cut, firstLine, stripControls, stripName } from './text.ts'

describe('text', () => {
  it('counts bytes as an encoder does', () => {
    const encoder = new TextEncoder()
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }), (units) => {
        const text = String.fromCharCode(...units)
        expect(byteLength(text)).toBe(encoder.encode(text).length)
      }),
    )
  })

  it('leaves only what XML may carry', () => {
    expect(stripControls('a\0b\x1bc\r\nd\re\tf\n\ufffe\ud800g😀')).toBe('abc\nd\ne\tf\n\ufffdg😀')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sent = stripControls(text)
        expect(/[^\t\n\x20-\x7e\x80-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(sent)).toBe(false)
        expect(stripControls(sent)).toBe(sent)
      }),
    )
  })

  it('makes a name one harmless line', () => {
    expect(stripName(' a\n\u202eb\u2066  c ')).toBe('a b c')
  })

  it('previews the first line that says something', () => {
    expect(firstLine('\n  \n hello \nworld', 100)).toBe('hello')
    expect(firstLine('hello', 5)).toBe('hello')
    expect(firstLine('hello!', 5)).toBe('hell…')
    expect(firstLine('ab😀cd', 4)).toBe('ab…')
    expect(firstLine('', 10)).toBe('')
    expect(firstLine('x'.repeat(1_000_000), 50)).toHaveLength(50)
  })

  it('never halves a surrogate pair', () => {
    expect(cut('a😀', 2)).toBe('a')
    expect(cut('a😀', 3)).toBe('a😀')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, max) => {
        expect(cut(text, max).length).toBeLessThanOrEqual(max)
        expect(/\p{Cs}/u.test(cut(text, max))).toBe(false)
      }),
    )
  })
})
