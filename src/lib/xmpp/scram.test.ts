// SCRAM against published vectors and servers that lie. With an honest server: tests/server/scram.test.ts.
import { describe, expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import type { ScramMechanism } from './mechanism.ts'
import { MAX_ITERATIONS, MIN_ITERATIONS, Scram } from './scram.ts'
import type { ScramKeys } from './scram-keys.ts'

async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error instanceof Failed ? error.failure : error
  }
  return 'nothing failed'
}

describe('published vectors', () => {
  it('RFC 5802 section 5: SCRAM-SHA-1', async () => {
    const scram = new Scram({
      mechanism: 'SCRAM-SHA-1',
      username: 'user',
      secret: { password: 'pencil' },
      nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    })
    expect(scram.first()).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL')
    expect(await scram.answer('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096')).toBe(
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    )
    expect(scram.keys).toBeNull()
    scram.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=')
    expect(scram.keys).toMatchObject({ mechanism: 'SCRAM-SHA-1', iterations: 4096 })
  })

  it('RFC 7677 section 3: SCRAM-SHA-256', async () => {
    const scram = new Scram({
      mechanism: 'SCRAM-SHA-256',
      username: 'user',
      secret: { password: 'pencil' },
      nonce: 'rOprNGfwEbeRWgbNEkqO',
    })
    expect(scram.first()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
    expect(
      await scram.answer('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'),
    ).toBe('c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=')
    scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
    expect(scram.keys?.clientKey).toHaveLength(32)
  })
})

describe('preparing', () => {
  it('escapes the user name', () => {
    const scram = new Scram({ mechanism: 'SCRAM-SHA-1', username: 'a,b=c', secret: { password: 'x' }, nonce: 'n' })
    expect(scram.first()).toBe('n,,n=a=2Cb=3Dc,r=n')
  })

  it('says so when a text is forbidden', async () => {
    const forbidden = new Scram({ mechanism: 'SCRAM-SHA-1', username: 'a\u0007', secret: { password: 'x' } })
    expect(await failureOf(() => forbidden.first())).toMatchObject({ what: 'address-invalid' })
    const scram = new Scram({
      mechanism: 'SCRAM-SHA-1',
      username: 'a',
      secret: { password: '\u0627\u0031' },
      nonce: 'n',
    })
    scram.first()
    expect(await failureOf(() => scram.answer('r=nm,s=QUJD,i=4096'))).toMatchObject({ what: 'wrong-password' })
  })

  it('makes a new nonce each time', () => {
    const made = Array.from({ length: 50 }, () =>
      new Scram({ mechanism: 'SCRAM-SHA-1', username: 'a', secret: { password: 'x' } }).first(),
    )
    expect(new Set(made).size).toBe(50)
    expect(made[0]).toMatch(/^n,,n=a,r=[A-Za-z0-9+/]{32}$/)
  })
})

describe('a lying server', () => {
  it.each([
    ['foreign nonce', 'r=another,s=QUJD,i=4096', 'server-not-proven'],
    ['our nonce unchanged', 'r=nonce,s=QUJD,i=4096', 'server-not-proven'],
    ['nonce missing', 's=QUJD,i=4096', 'server-not-proven'],
    ['wrong order', 's=QUJD,r=nonce1,i=4096', 'server-not-proven'],
    ['empty salt', 'r=nonce1,s=,i=4096', 'server-not-proven'],
    ['salt that is not base64', 'r=nonce1,s=Q!JD,i=4096', 'server-not-proven'],
    ['one iteration', 'r=nonce1,s=QUJD,i=1', 'login-downgrade'],
    ['too few iterations', `r=nonce1,s=QUJD,i=${MIN_ITERATIONS - 1}`, 'login-downgrade'],
    ['too many iterations', `r=nonce1,s=QUJD,i=${MAX_ITERATIONS + 1}`, 'server-not-proven'],
    ['2^31 iterations', 'r=nonce1,s=QUJD,i=2147483648', 'server-not-proven'],
    ['negative iterations', 'r=nonce1,s=QUJD,i=-4096', 'server-not-proven'],
    ['hexadecimal iterations', 'r=nonce1,s=QUJD,i=0x1000', 'server-not-proven'],
    ['huge iterations', `r=nonce1,s=QUJD,i=${'9'.repeat(400)}`, 'server-not-proven'],
    ['mandatory extension', 'm=x,r=nonce1,s=QUJD,i=4096', 'server-not-proven'],
    ['nothing', '', 'server-not-proven'],
    ['an error', 'e=unknown-user', 'wrong-password'],
    ['another error', 'e=other-error', 'login-temporary'],
  ])('is found out: %s', async (_name, serverFirst, what) => {
    const scram = new Scram({ mechanism: 'SCRAM-SHA-256', username: 'a', secret: { password: 'x' }, nonce: 'nonce' })
    scram.first()
    expect(await failureOf(() => scram.answer(serverFirst))).toMatchObject({ what })
    expect(await failureOf(() => scram.answer('r=nonce1,s=QUJD,i=4096'))).toMatchObject({ what: 'server-not-proven' })
    expect(scram.keys).toBeNull()
  })

  it.each([
    ['garbage', 'v=garbage'],
    ['nothing', ''],
    ['an empty proof', 'v='],
    ['a short proof', 'v=rmF9pqV8S7suAoZWja4dJRkF'],
    ['one bit off', 'v=rmF9pqV8S7suAoZWja4dJRkFsKU='],
    ['proof in second place', 'x=1,v=rmF9pqV8S7suAoZWja4dJRkFsKQ='],
  ])('cannot prove itself with %s', async (_name, serverFinal) => {
    const scram = new Scram({
      mechanism: 'SCRAM-SHA-1',
      username: 'user',
      secret: { password: 'pencil' },
      nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    })
    scram.first()
    await scram.answer('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096')
    expect(await failureOf(() => scram.verify(serverFinal))).toMatchObject({ what: 'server-not-proven' })
    expect(await failureOf(() => scram.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ='))).toMatchObject({
      what: 'server-not-proven',
    })
    expect(scram.keys).toBeNull()
  })

  it('cannot make stored keys work with another salt, count or hash', async () => {
    const keys: ScramKeys = {
      mechanism: 'SCRAM-SHA-256',
      salt: new Uint8Array([1, 2, 3]),
      iterations: 4096,
      clientKey: new Uint8Array(32),
      serverKey: new Uint8Array(32),
    }
    const answer = (mechanism: ScramMechanism, serverFirst: string) => {
      const scram = new Scram({ mechanism, username: 'a', secret: { keys }, nonce: 'n' })
      scram.first()
      return failureOf(() => scram.answer(serverFirst))
    }
    const salt = Buffer.from(keys.salt).toString('base64')
    expect(await answer('SCRAM-SHA-256', `r=nm,s=${salt},i=4096`)).toBe('nothing failed')
    expect(await answer('SCRAM-SHA-256', `r=nm,s=${salt},i=4097`)).toMatchObject({ what: 'password-needed' })
    expect(await answer('SCRAM-SHA-256', 'r=nm,s=QUJD,i=4096')).toMatchObject({ what: 'password-needed' })
    expect(await answer('SCRAM-SHA-512', `r=nm,s=${salt},i=4096`)).toMatchObject({ what: 'password-needed' })
  })

  it('is not verified before it was answered', async () => {
    const scram = new Scram({ mechanism: 'SCRAM-SHA-1', username: 'user', secret: { password: 'pencil' } })
    expect(await failureOf(() => scram.verify('v=AAAA'))).toMatchObject({ what: 'server-not-proven' })
  })
})
