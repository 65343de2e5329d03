// The choice of a mechanism: strongest first, never weaker than pinned, never a guest by accident.
import { describe, expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import { chooseMechanism, type MechanismChoice } from './mechanism.ts'

const all = ['SCRAM-SHA-1', 'PLAIN', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'ANONYMOUS', 'X-OAUTH2', 'DIGEST-MD5']

function choose(choice: Partial<MechanismChoice>): string {
  try {
    return chooseMechanism({ offered: all, allow: [], pinned: null, secret: 'password', ...choice })
  } catch (error) {
    return error instanceof Failed ? error.failure.what : String(error)
  }
}

describe('choosing a mechanism', () => {
  it.each<[string, Partial<MechanismChoice>, string]>([
    ['the strongest SCRAM', {}, 'SCRAM-SHA-256'],
    ['SHA-512 where offered', { offered: [...all, 'SCRAM-SHA-512'] }, 'SCRAM-SHA-512'],
    ['never -PLUS', { offered: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-512-PLUS'] }, 'login-no-mechanism'],
    ['never PLAIN by itself', { offered: ['PLAIN'] }, 'login-no-mechanism'],
    ['never a guest by itself', { offered: ['ANONYMOUS'] }, 'login-no-mechanism'],
    ['no guest with a password', { offered: ['ANONYMOUS'], allow: ['ANONYMOUS'] }, 'login-no-mechanism'],
    ['no DIGEST-MD5 even if allowed', { offered: ['DIGEST-MD5'], allow: ['DIGEST-MD5'] }, 'login-no-mechanism'],
    ['nothing offered', { offered: [] }, 'login-no-mechanism'],
    ['PLAIN where allowed', { offered: ['PLAIN'], allow: ['PLAIN'] }, 'PLAIN'],
    ['SCRAM before an allowed PLAIN', { allow: ['PLAIN'] }, 'SCRAM-SHA-256'],
    ['a guest where allowed', { secret: 'anonymous', allow: ['ANONYMOUS'] }, 'ANONYMOUS'],
    ['no guest unless allowed', { secret: 'anonymous' }, 'login-no-mechanism'],
    ['the pinned one', { pinned: 'SCRAM-SHA-256' }, 'SCRAM-SHA-256'],
    ['stronger than pinned', { pinned: 'SCRAM-SHA-1' }, 'SCRAM-SHA-256'],
    ['pinned one removed', { pinned: 'SCRAM-SHA-512' }, 'login-downgrade'],
    ['PLAIN after SCRAM', { pinned: 'SCRAM-SHA-1', offered: ['PLAIN'], allow: ['PLAIN'] }, 'login-downgrade'],
    ['only PLAIN, not allowed, after SCRAM', { pinned: 'SCRAM-SHA-1', offered: ['PLAIN'] }, 'login-downgrade'],
    ['SCRAM after PLAIN', { pinned: 'PLAIN' }, 'SCRAM-SHA-256'],
    ['pinned by a later version', { pinned: 'SCRAM-SHA3-512' }, 'login-downgrade'],
    ['keys that fit', { secret: 'SCRAM-SHA-1' }, 'SCRAM-SHA-1'],
    ['keys of a mechanism that went', { secret: 'SCRAM-SHA-512' }, 'password-needed'],
    ['keys weaker than pinned', { secret: 'SCRAM-SHA-1', pinned: 'SCRAM-SHA-256' }, 'password-needed'],
    ['lower case is another name', { offered: ['scram-sha-256'] }, 'login-no-mechanism'],
  ])('%s', (_name, choice, expected) => {
    expect(choose(choice)).toBe(expected)
  })
})
