import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bareOf, checkAddress, domainOf, fullJid, isBare, localOf, parseJid, readJid, resourceOf } from './jid.ts'

const jid = (text: string) => {
  const read = readJid(text)
  if (read === null) throw new Error(`no address: ${text}`)
  return read
}

describe('readJid', () => {
  it.each([
    ['juliet@example.com', 'juliet@example.com'],
    ['Juliet@EXAMPLE.com', 'juliet@example.com'],
    ['juliet@example.com.', 'juliet@example.com'],
    ['juliet@example.com/foo', 'juliet@example.com/foo'],
    ['juliet@example.com/foo bar', 'juliet@example.com/foo bar'],
    ['juliet@example.com/foo@bar', 'juliet@example.com/foo@bar'],
    ['foo\\20bar@example.com', 'foo\\20bar@example.com'],
    ['fussball@example.com', 'fussball@example.com'],
    ['fußball@example.com', 'fußball@example.com'],
    ['π@example.com', 'π@example.com'],
    ['Σ@example.com/foo', 'σ@example.com/foo'],
    ['king@example.com/♚', 'king@example.com/♚'],
    ['example.com', 'example.com'],
    ['example.com/foobar', 'example.com/foobar'],
    ['a.example.com/b@example.net', 'a.example.com/b@example.net'],
    ['ИВАН@пример.бг', 'иван@пример.бг'],
    ['ivan@xn--e1afmkfd.xn--90ae', 'ivan@пример.бг'],
    ['a@faß.de', 'a@faß.de'],
    ['ｊｕｌｉｅｔ@example.com', 'juliet@example.com'],
    ['a@bücher.example', 'a@bücher.example'],
    ['a@[2001:DB8::0:1]/r', 'a@[2001:db8::1]/r'],
    ['a@127.0.0.1', 'a@127.0.0.1'],
    ['a@localhost', 'a@localhost'],
    ['room_1@_muc.example.com', 'room_1@_muc.example.com'],
    ['♚@example.com', '♚@example.com'],
  ])('reads %s (RFC 7622 section 3.5 and what servers send)', (text, expected) => {
    expect(readJid(text)).toBe(expected)
  })

  it.each([
    '"juliet"@example.com',
    'foo bar@example.com',
    'juliet@example.com/',
    '@example.com',
    'juliet@',
    '',
    '/foobar',
    'a@b@c',
    'a@b c',
    'a@b:5222',
    'a@b?c',
    'a@b#c',
    'a@b%41',
    'a@..',
    'a@b..c',
    'a@1.2.3',
    'a@0x7f.1',
    'a@256.1.1.1',
    'a@[::1',
    'a@[zz]',
    'a@xn--zzzzzzzzzzz99999999.com',
    "o'hara@example.com",
    'a<b@example.com',
    'x＆y@example.com',
    'a\u202eb@example.com',
    'a\u0000@example.com',
    'a\ud800@example.com',
    'a@exa\u2100mple.com',
    'a@exa\uff02mple.com',
    'a@b/r\u0000',
    'a@b/\udc00',
    'a@exa\tmple.com',
    `${'x'.repeat(1024)}@example.com`,
    `a@example.com/${'я'.repeat(512)}`,
    'x'.repeat(1_000_000),
  ])('refuses nonsense: %#', (text) => {
    expect(readJid(text), text.slice(0, 40)).toBeNull()
  })

  it('refuses what is not text', () => {
    expect(readJid(null)).toBeNull()
    expect(readJid(undefined)).toBeNull()
  })

  it('gives one form: reading again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.string({ unit: 'grapheme', maxLength: 10 }),
        (a, b) => {
          const read = readJid(`${a}@${b}.example/${a}`)
          if (read !== null) expect(readJid(read)).toBe(read)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('keeps a resource as the server wrote it', () => {
    expect(readJid('room@muc.example/e\u0301')).toBe('room@muc.example/e\u0301')
  })
})

describe('parts', () => {
  it('takes an address apart', () => {
    const full = jid('juliet@example.com/a@b/c')
    expect([bareOf(full), localOf(full), domainOf(full), resourceOf(full), isBare(full)]).toEqual([
      'juliet@example.com',
      'juliet',
      'example.com',
      'a@b/c',
      false,
    ])
    expect(parseJid('example.com')).toEqual({ local: null, domain: 'example.com', resource: null })
  })

  it('does not take an "@" of the resource for the local part', () => {
    const full = jid('example.com/x@y')
    expect([bareOf(full), localOf(full), domainOf(full)]).toEqual(['example.com', null, 'example.com'])
  })

  it('joins, with the resource as OpaqueString', () => {
    const bare = bareOf(jid('juliet@example.com'))
    expect(fullJid(bare, 'e\u0301\u00a0x')).toBe('juliet@example.com/é x')
    expect(() => fullJid(bare, '')).toThrow(RangeError)
    expect(() => fullJid(bare, 'a\nb')).toThrow(RangeError)
    expect(() => fullJid(bare, 'x'.repeat(1024))).toThrow(RangeError)
  })
})

describe('checkAddress', () => {
  it.each([
    [' juliet@example.com ', 'juliet@example.com'],
    ['Juliet@Example.COM', 'juliet@example.com'],
    ['xmpp:juliet@example.com', 'juliet@example.com'],
    ['XMPP:juliet@example.com?message;body=hi', 'juliet@example.com'],
    ['xmpp://me@example.org/juliet@example.com', 'juliet@example.com'],
    [
      'xmpp:nasty!%23$%25()*+,-.;=%3F%5B%5C%5D%5E_%60%7B%7C%7D~node@example.com',
      'nasty!#$%()*+,-.;=?[\\]^_`{|}~node@example.com',
    ],
    ['иван@пример.бг', 'иван@пример.бг'],
    ['juliet＠example.com', 'juliet@example.com'],
    ['مريم@مثال.إختبار', 'مريم@مثال.إختبار'],
    ['cel·la@example.com', 'cel·la@example.com'],
    ['ce·la@example.com', null],
    ['a@[::1]', 'a@[::1]'],
  ])('reads %s', (text, expected) => {
    const checked = checkAddress(text)
    expect(checked.ok ? checked.jid : null).toBe(expected)
  })

  it.each([
    ['', 'empty', undefined],
    ['   ', 'empty', undefined],
    ['xmpp:', 'empty', undefined],
    ['@example.com', 'empty', undefined],
    ['juliet', 'no-domain', undefined],
    ['juliet@', 'no-domain', undefined],
    ['juliet@example.com/phone', 'has-resource', undefined],
    ['juliet capulet@example.com', 'illegal-character', ' '],
    ["o'hara@example.com", 'illegal-character', "'"],
    ['a:b@example.com', 'illegal-character', ':'],
    ['a@b@example.com', 'illegal-character', '@'],
    ['a@example.com:5222', 'illegal-character', ':'],
    ['a@exam ple.com', 'illegal-character', ' '],
    ['a@exam,ple.com', 'illegal-character', ','],
    ['♚@example.com', 'illegal-character', '♚'],
    ['henryⅣ@example.com', 'illegal-character', 'ⅳ'],
    ['a\u200db@example.com', 'illegal-character', '\u200d'],
    ['a\u202eb@example.com', 'illegal-character', '\u202e'],
    ['aמריה@example.com', 'illegal-character', 'a'],
    ['מaריה@example.com', 'illegal-character', 'a'],
    ['xmpp:a%zz@example.com', 'illegal-character', '%'],
    ['a@example..com', 'bad-domain', undefined],
    ['a@-example.com', 'bad-domain', undefined],
    ['a@1.2.3', 'bad-domain', undefined],
    [`${'x'.repeat(1024)}@example.com`, 'too-long', undefined],
    [`${'я'.repeat(600)}@example.com`, 'too-long', undefined],
    [`a@${'x'.repeat(64)}.com`, 'too-long', undefined],
    [`a@${'x'.repeat(2000)}`, 'too-long', undefined],
  ])('refuses case %#: $1', (text, why, character) => {
    expect(checkAddress(text), text.slice(0, 40)).toEqual({
      ok: false,
      why,
      ...(character === undefined ? {} : { character }),
    })
  })

  it('accepts nothing that the wire would refuse, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        const checked = checkAddress(`${text}@example.com`)
        if (checked.ok) expect(readJid(checked.jid)).toBe(checked.jid)
      }),
      { numRuns: 3000 },
    )
  })
})
