/** Messages with values in three languages, isolation of foreign names, and dates as people read them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Messages } from './catalogue.ts'
import { Catalogue } from './format.ts'
import { pseudoMessages } from './pseudo.testing.ts'

// A Sunday afternoon.
const now = new Date(2026, 10, 22, 15, 30).getTime()
const hour = 3_600_000

function messages(language: string): Messages {
  return JSON.parse(readFileSync(new URL(`./compiled/${language}.json`, import.meta.url), 'utf8')) as Messages
}

function catalogue(language: string, locale = language): Catalogue {
  return new Catalogue(messages(language), locale, () => now)
}

describe('messages', () => {
  it('counts in Bulgarian', () => {
    expect(catalogue('bg').t('list.unread', { count: 1 })).toBe('1 непрочетено съобщение')
    expect(catalogue('bg').t('list.unread', { count: 21 })).toBe('21 непрочетени съобщения')
  })

  it.each(['en', 'bg', 'ar'])('chooses by a value, whatever direction its letters have: %s', (language) => {
    const text = catalogue(language)
    expect(text.t('config.expected', { key: 'name' })).toMatch(/40/)
    expect(text.t('address.illegal-character', { character: 'none' })).not.toContain('none')
    expect(text.t('address.illegal-character', { character: 'x' })).toContain('x')
  })

  it('knows all six forms of Arabic', () => {
    const forms = [0, 1, 2, 3, 11, 100].map((count) =>
      catalogue('ar')
        .t('list.unread', { count })
        .replace(/\p{Number}+/gu, '#'),
    )
    expect(forms[2]).toBe('رسالتان غير مقروءتين')
    expect(new Set(forms).size).toBe(5)
  })

  it('has a sentence for every failure', () => {
    expect(catalogue('en').failure({ what: 'wrong-password', remedy: 'ask', cause: 'not-authorized' })).toMatch(
      /password is wrong/,
    )
  })
})

describe('values of other people', () => {
  it('are isolated where their direction differs', () => {
    expect(catalogue('en').t('request.title', { name: 'ليلى' })).toBe('\u2068ليلى\u2069 would like to add you')
    expect(catalogue('ar').t('request.title', { name: 'Anna' })).toBe('\u2068Anna\u2069 يرغب في إضافتك')
    expect(catalogue('bg').t('request.title', { name: 'Ана' })).toBe('Ана иска да те добави')
  })

  it('cannot turn the sentence around', () => {
    expect(catalogue('en').t('request.title', { name: 'a\u202eb\u2069' })).toBe('ab would like to add you')
  })

  it('are not read as messages', () => {
    expect(catalogue('en').t('request.title', { name: '{count, plural, other {x}}' })).toContain('{count, plural')
  })
})

describe('dates', () => {
  const text = catalogue('en', 'en-GB')

  it('names near days', () => {
    expect(text.day(now - hour)).toBe('Today')
    expect(text.day(now - 16 * hour)).toBe('Yesterday')
    expect(text.day(now - 3 * 24 * hour)).toBe('Thursday')
    expect(text.day(now - 10 * 24 * hour)).toBe('12 November')
    expect(text.day(now - 400 * 24 * hour)).toBe('18 October 2025')
    expect(text.day(now + 24 * hour)).toBe('23 November')
  })

  it('stamps the list briefly', () => {
    expect(text.brief(now - hour)).toBe('14:30')
    expect(text.brief(now - 24 * hour)).toBe('Sat')
    expect(text.brief(now - 30 * 24 * hour)).toBe('23/10')
  })
})

it('writes bytes in the greatest fitting unit', () => {
  const text = catalogue('en')
  expect([0, 999, 1000, 1_500_000, 12_345_678_901].map((count) => text.bytes(count))).toEqual([
    '0 byte',
    '999 byte',
    '1 kB',
    '1.5 MB',
    '12 GB',
  ])
})

it('the pseudo language is at least 40 % longer and still formats', () => {
  const plain = catalogue('en')
  const long = new Catalogue(pseudoMessages(messages('en')), 'en', () => now)
  expect(long.t('signin.title').length).toBeGreaterThanOrEqual(plain.t('signin.title').length * 1.4)
  expect(long.t('list.unread', { count: 7 })).toMatch(/^7 .*~~/)
})
