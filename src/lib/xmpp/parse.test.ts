// Frames: honest ones become elements, hostile ones are refused or dropped, none of them throws anything but a Failed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import { attributeOf, childOf, element, escapeText, textOf } from './element.ts'
import { MAX_DEPTH, MAX_FRAME_LENGTH, parseFrame } from './parse.ts'

function read(xml: string) {
  const frame = parseFrame(xml)
  if (frame.kind !== 'element') throw new Error(`dropped: ${frame.why}`)
  return frame.element
}

function failureOfFrame(xml: string): unknown {
  try {
    return parseFrame(xml)
  } catch (error) {
    return error instanceof Failed ? error.failure : error
  }
}

describe('an honest frame', () => {
  it('is read with its namespaces, text, CDATA and references', () => {
    const message = read(
      `<message xmlns='jabber:client' from="a@b/c d" id='1'>\r\n<body>x &lt;&#x1F600;&#128512;&amp;amp;<![CDATA[<&]] >]]>y</body ></message>`,
    )
    expect(attributeOf(message, 'from')).toBe('a@b/c d')
    expect(textOf(childOf(message, 'body', 'jabber:client'))).toBe('x <😀😀&amp;<&]] >y')
  })

  it('may begin with an XML declaration and end with space', () => {
    expect(read(`<?xml version='1.0'?><open xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>\n`).name).toBe('open')
  })

  it('normalises attribute space but keeps references to it', () => {
    expect(attributeOf(read('<a b="1\t2&#9;3\n4"/>'), 'b')).toBe('1 2\t3 4')
  })

  it('keeps attributes named like members of Object.prototype', () => {
    const a = read(`<a constructor="1" __proto__="2" toString="3"/>`)
    expect([attributeOf(a, 'constructor'), attributeOf(a, '__proto__'), attributeOf(a, 'toString')]).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  it('is read with names outside of ASCII', () => {
    expect(read('<съобщение име="да"/>').name).toBe('съобщение')
  })
})

describe('a frame no honest server sends', () => {
  it.each([
    ['garbage', 'hello'],
    ['empty tag', '<>'],
    ['unclosed', '<a>'],
    ['cut in a tag', '<a b="c'],
    ['cut in a name', '<a'],
    ['wrong end', '<a></b>'],
    ['end only', '</a>'],
    ['two roots', '<a/><b/>'],
    ['text behind', '<a/>x'],
    ['text before', 'x<a/>'],
    ['attribute twice', '<a b="1" b="2"/>'],
    ['constructor twice', '<a constructor="1" constructor="2"/>'],
    ['no quotes', '<a b=1/>'],
    ['no value', '<a b/>'],
    ['no space', '<a b="1"c="2"/>'],
    ['less-than in attribute', '<a b="<"/>'],
    ['bare ampersand', '<a>a & b</a>'],
    ['unknown entity', '<a>&foo;</a>'],
    ['inherited entity', '<a>&constructor;</a>'],
    ['unknown entity in attribute', '<a b="&foo;"/>'],
    ['reference to a control character', '<a>&#x1F;</a>'],
    ['reference to a surrogate', '<a>&#xD800;</a>'],
    ['reference past Unicode', '<a>&#x110000;</a>'],
    ['reference without digits', '<a>&#;</a>'],
    ['control character', '<a>\u0001</a>'],
    ['NUL', '<a>\u0000</a>'],
    ['doctype', '<!DOCTYPE a><a/>'],
    ['bomb', '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>'],
    ['doctype inside', '<a><!DOCTYPE a></a>'],
    ['comment', '<a><!-- x --></a>'],
    ['processing instruction', '<a><?php x?></a>'],
    ['processing instruction before', '<?php x?><a/>'],
    ['second declaration', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
    ['CDATA outside', '<![CDATA[x]]>'],
    ['CDATA open', '<a><![CDATA[x</a>'],
    ['two colons', '<a:b:c/>'],
  ])('is refused: %s', (_name, xml) => {
    expect(failureOfFrame(xml)).toMatchObject({ what: 'stream-invalid', remedy: 'wait' })
  })
})

describe('a frame that is too much', () => {
  const nested = (depth: number) => `<message id="7">${'<a>'.repeat(depth - 1)}${'</a>'.repeat(depth - 1)}</message>`

  it('is dropped with its name and id: too deep', () => {
    expect(read(nested(MAX_DEPTH)).name).toBe('message')
    expect(parseFrame(nested(MAX_DEPTH + 1))).toEqual({ kind: 'dropped', name: 'message', id: '7', why: 'too-deep' })
    expect(parseFrame(nested(20_000))).toMatchObject({ kind: 'dropped', why: 'too-deep' })
  })

  it('is dropped with its name and id: too large', () => {
    const xml = `<iq xmlns="jabber:client" type="result" id="9"><x>${'a'.repeat(MAX_FRAME_LENGTH)}</x></iq>`
    expect(parseFrame(xml)).toEqual({ kind: 'dropped', name: 'iq', id: '9', why: 'too-large' })
    expect(parseFrame(`<iq ${'a'.repeat(MAX_FRAME_LENGTH)}`)).toEqual({
      kind: 'dropped',
      name: '',
      id: null,
      why: 'too-large',
    })
    expect(parseFrame('x'.repeat(MAX_FRAME_LENGTH + 1))).toMatchObject({ kind: 'dropped', name: '' })
  })

  it('is dropped: blank', () => {
    expect(parseFrame(' \n')).toMatchObject({ kind: 'dropped', why: 'blank' })
    expect(parseFrame('')).toMatchObject({ kind: 'dropped', why: 'blank' })
  })

  it.each([
    ['children', `<a>${'<b/>'.repeat(100_000)}</a>`],
    ['attributes', `<a ${Array.from({ length: 40_000 }, (_, i) => `b${i}="1"`).join(' ')}/>`],
    ['references', `<a>${'&amp;'.repeat(100_000)}</a>`],
    ['ampersands', `<a>${'&'.repeat(500_000)}</a>`],
    ['open quotes', `<a b="${'x='.repeat(250_000)}`],
    ['space', `<a ${' '.repeat(500_000)}`],
    ['text pieces', `<a>${'x<![CDATA[y]]>'.repeat(35_000)}</a>`],
    ['half a declaration', '<![CDATA['.repeat(50_000)],
  ])('is read in linear time: many %s', (_name, xml) => {
    expect(xml.length).toBeLessThanOrEqual(MAX_FRAME_LENGTH)
    const started = performance.now()
    failureOfFrame(xml)
    // Each takes some ten ms; what is not linear takes minutes. Between them there is room for a busy machine.
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('any frame', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '&',
    ';',
    '"',
    "'",
    '=',
    ' ',
    '\n',
    'a',
    'a:b',
    'xmlns',
    '<a>',
    '</a>',
    '<a b="c"/>',
  )
  const more = fc.constantFrom(
    '&amp;',
    '&#x41;',
    '&#0;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?xml ',
    '?>',
    '<!DOCTYPE',
    '\u0000',
    '\ud800',
    '😀',
  )
  const frames = fc.array(fc.oneof(pieces, more, fc.string()), { maxLength: 40 }).map((parts) => parts.join(''))

  it('is read, dropped or refused, never anything else', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const outcome = failureOfFrame(frame) as { kind?: string; what?: string }
        expect(outcome.kind === 'element' || outcome.kind === 'dropped' || outcome.what === 'stream-invalid').toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('that was written here is read back the same', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .map((any) => any.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ''))
    fc.assert(
      fc.property(text, text, (one, other) => {
        const back = read(element('a', { b: one }, [escapeText(other)]))
        expect([attributeOf(back, 'b'), textOf(back)]).toEqual([one, other])
      }),
      { numRuns: 1000 },
    )
  })
})
