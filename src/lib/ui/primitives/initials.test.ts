/** Letters in avatars, of names in several scripts. */
import { expect, it } from 'vitest'
import { initialsOf } from './initials.ts'

it.each([
  ['Ivan Vazov', 'IV'],
  ['Йордан Йовков', 'ЙЙ'],
  ['Maria de la Cruz', 'MC'],
  ['ليلى حسن', 'ل'],
  ['romeo@montague.example', 'R'],
  ['jean-luc.picard@ship.example', 'JP'],
  ['👩‍🚀 Ana', '👩‍🚀A'],
  ['«Клуб»', 'К'],
  ['a' + '\u0301'.repeat(500), 'A'],
  ['👨‍'.repeat(300) + '👦', '👨'],
  ['e\u0301mile', 'E\u0301'],
  ['...', ''],
  ['', ''],
])('%s: %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
