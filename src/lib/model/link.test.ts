import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLinks, shownHost } from './link.ts'

describe('links', () => {
  const hrefs = (line: string) => findLinks(line).map((link) => link.href)

  it.each([
    ['see https://example.com.', 'https://example.com/'],
    ['(https://example.com/a_(b))', 'https://example.com/a_(b)'],
    ['HTTP://EXAMPLE.com/Path?q=1#x', 'http://example.com/Path?q=1#x'],
    ['www.example.com/x,', 'https://www.example.com/x'],
    ['看https://example.com/中文。好', 'https://example.com/%E4%B8%AD%E6%96%87'],
    ['xmpp:juliet@example.com?message;body=hi', 'xmpp:juliet@example.com?message;body=hi'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    ['tel:+359-2-123', 'tel:+359-2-123'],
    ['geo:42.69,23.32;u=35', 'geo:42.69,23.32;u=35'],
    ['https://[2001:db8::1]/', 'https://[2001:db8::1]/'],
    ['https://example.com:8080/x', 'https://example.com:8080/x'],
  ])('finds %s', (line, href) => {
    expect(hrefs(line)).toEqual([href])
  })

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt://example.com/%0aalert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https',
    'ftp://example.com',
    'https://',
    'https:///',
    'https:example.com',
    'https://user@example.com/',
    'https://user:pass@example.com/',
    'https://bank.example@evil.example/',
    'https://bank.example%2f@evil.example/',
    'https://@evil.example/',
    'https://a b',
    'https://exa%zzmple.com',
    'xhttps://example.com',
    'xmpp:',
    'xmpp:a%zz@b',
    'xmpp:"x"@b',
    'mailto:nobody',
    'mailto:a@b@c',
    'tel:abc',
    'geo:here',
    'plain example.com text',
    `https://example.com/${'x'.repeat(3000)}`,
  ])('finds none in case %#', (line) => {
    expect(hrefs(line).filter((href) => !href.startsWith('https://a/'))).toEqual([])
  })

  it('ends an address where something could reorder or hide it', () => {
    expect(hrefs('https://example.com/\u202egpj.exe')).toEqual(['https://example.com/'])
    expect(hrefs('https://example.com/\u200bx')).toEqual(['https://example.com/'])
    expect(hrefs('https://example.com\\@evil.example')).toEqual(['https://example.com/'])
    expect(hrefs('https://example.com/"onclick="x')).toEqual(['https://example.com/'])
  })

  it('never leads anywhere but to the listed schemes', () => {
    const piece = fc.constantFrom(
      'javascript:',
      'https://',
      'www.',
      'data:',
      'a',
      '@',
      ':',
      '/',
      '.b',
      '\\',
      '%41',
      'xmpp:',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const href of hrefs(pieces.join(''))) {
          const url = new URL(href)
          expect(['https:', 'http:', 'xmpp:', 'mailto:', 'tel:', 'geo:']).toContain(url.protocol)
          expect(url.username + url.password).toBe('')
        }
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['example.com', null],
    ['xn--e1afmkfd.com', null],
    ['пример.бг', null],
    ['пример.com', null],
    ['bücher.de', null],
    ['日本語.jp', null],
    ['مثال.com', null],
    // Cyrillic letters that read as Latin: mixed, and a whole word of them.
    ['аpple.com', 'xn--pple-43d.com'],
    ['аррӏе.com', 'xn--80ak6aa92e.com'],
    ['рaypal.com', 'xn--aypal-uye.com'],
    ['ѕсоре.com', 'xn--e1argc3h.com'],
    ['ορεν.com', 'xn--qxaqei.com'],
    ['ɡoogle.com', 'xn--oogle-qmc.com'],
    ['ｇoogle.com', 'google.com'],
    ['goo\u0131gle.com', 'xn--google-r9a.com'],
    ['example。com', 'example.com'],
  ])('names the true host of %s: %s', (written, shown) => {
    expect(shownHost(written)).toBe(shown)
  })

  it('passes the warning on', () => {
    expect(findLinks('https://аpple.com/login')[0]).toMatchObject({
      href: 'https://xn--pple-43d.com/login',
      shownHost: 'xn--pple-43d.com',
    })
  })
})
