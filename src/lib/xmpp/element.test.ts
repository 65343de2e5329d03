// Reading and writing elements: what a peer sends stays text, and names found on Object.prototype are names.
import { describe, expect, it } from 'vitest'
import {
  attributeOf,
  childElements,
  childOf,
  childrenOf,
  element,
  escapeAttribute,
  escapeText,
  markupOf,
  namespaceOf,
  nameOf,
  textOf,
  type Markup,
} from './element.ts'
import { readXml } from './xml.ts'

const read = (xml: string) => readXml(xml, { maxDepth: 64 })

describe('reading', () => {
  it('finds children by local name and namespace, with and without prefix', () => {
    const root = read(
      `<s:features xmlns:s="urn:s" xmlns="urn:d"><a/><b xmlns="urn:b">x<i/>y</b><s:a/><a xmlns=""/><b xmlns="urn:b"/></s:features>`,
    )
    expect(nameOf(root)).toBe('features')
    expect(namespaceOf(root)).toBe('urn:s')
    expect(childElements(root)).toHaveLength(5)
    expect(childOf(root, 'a', 'urn:d')).toBe(root.children[0])
    expect(childOf(root, 'a', 'urn:s')).toBe(root.children[2])
    expect(childOf(root, 'a', '')).toBe(root.children[3])
    expect(childrenOf(root, 'b', 'urn:b')).toHaveLength(2)
    expect(childOf(root, 'b', 'urn:d')).toBeNull()
    expect(textOf(childOf(root, 'b', 'urn:b'))).toBe('xy')
    expect(textOf(null)).toBe('')
  })

  it('gives undeclared prefixes no namespace', () => {
    expect(namespaceOf(read('<x:a/>'))).toBe('')
  })

  it('knows attributes only when they were written', () => {
    const root = read(`<a constructor="1" __proto__="2" hasOwnProperty="3" xml:lang="bg"/>`)
    expect(attributeOf(root, 'constructor')).toBe('1')
    expect(attributeOf(root, '__proto__')).toBe('2')
    expect(attributeOf(root, 'hasOwnProperty')).toBe('3')
    expect(attributeOf(root, 'xml:lang')).toBe('bg')
    expect(attributeOf(root, 'toString')).toBeNull()
    expect(({} as Record<string, unknown>)['2']).toBeUndefined()
  })
})

describe('writing', () => {
  it('escapes text and attributes so that they read back the same', () => {
    const hostile = `</body><x a='"'>&amp;\t\n\r]]>`
    const xml = element('body', { a: hostile, b: 1, c: true, d: null, e: undefined }, [escapeText(hostile), null])
    const back = read(xml)
    expect(textOf(back)).toBe(hostile)
    expect(attributeOf(back, 'a')).toBe(hostile)
    expect(attributeOf(back, 'b')).toBe('1')
    expect(attributeOf(back, 'c')).toBe('true')
    expect(attributeOf(back, 'd')).toBeNull()
    expect(childElements(back)).toHaveLength(0)
  })

  it('leaves out what XML cannot carry', () => {
    const text = 'a\u0000b\u001fc\ud800d\udc00e\ufffef\uffffg😀h\u0085'
    expect(escapeText(text)).toBe('abcdefg😀h\u0085')
    expect(escapeAttribute(text)).toBe('abcdefg😀h\u0085')
  })

  it('refuses names that are not names', () => {
    for (const name of ['', 'a b', 'a>', '1a', 'a:b:c', 'a"', 'ä']) {
      expect(() => element(name), name).toThrow(TypeError)
      expect(() => element('a', { [name]: '1' }), name).toThrow(TypeError)
    }
  })

  it('writes an element that stands on its own', () => {
    const inner = childOf(read(`<m xmlns="urn:m" xmlns:p="urn:p"><p:a q="&lt;"><b/>&amp;</p:a></m>`), 'a', 'urn:p')
    const again = read(markupOf(inner as NonNullable<typeof inner>))
    expect(namespaceOf(again)).toBe('urn:p')
    expect(childOf(again, 'b', 'urn:m')).not.toBeNull()
    expect(attributeOf(again, 'q')).toBe('<')
    expect(textOf(again)).toBe('&')
  })

  it('is linear on a megabyte of hostile text', () => {
    const text = '<&"\u0000\ud800'.repeat(200_000)
    const started = performance.now()
    const xml: Markup = element('a', { b: text }, [escapeText(text)])
    expect(performance.now() - started).toBeLessThan(5000)
    expect(xml.length).toBeGreaterThan(1_000_000)
  })
})
