// SCRAM with an honest server that was written apart from it.
import { describe, expect, it } from 'vitest'
import { scramMechanisms, type ScramMechanism } from '#xmpp/mechanism.ts'
import { Scram } from '#xmpp/scram.ts'
import type { ScramKeys } from '#xmpp/scram-keys.ts'
import { ScramServer } from './scram-server.ts'

async function exchange(
  mechanism: ScramMechanism,
  secret: { password: string } | { keys: ScramKeys },
  password: string,
) {
  const scram = new Scram({ mechanism, username: 'alice', secret })
  const server = new ScramServer(mechanism, password, scram.first())
  const final = await scram.answer(server.first)
  if (!server.accepts(final)) return null
  scram.verify(`v=${server.signature(final)}`)
  return scram.keys
}

describe.each(scramMechanisms)('%s with an honest server', (mechanism) => {
  it('proves both sides, by password and by the keys it left', async () => {
    const keys = await exchange(mechanism, { password: 'pencil' }, 'pencil')
    expect(keys?.mechanism).toBe(mechanism)
    expect(JSON.stringify(keys)).not.toContain('pencil')
    expect(await exchange(mechanism, { keys: keys! }, 'pencil')).toEqual(keys)
  })

  it('is refused with a wrong password', async () => {
    expect(await exchange(mechanism, { password: 'pencil' }, 'pen')).toBeNull()
  })
})

describe('preparing', () => {
  it.each([
    ['I\u00adX', 'IX'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['a\u00a0b', 'a b'],
    ['p\u00e4ss', 'pa\u0308ss'],
    ['USER', 'USER'],
    ['парола😀', 'парола😀'],
  ])('takes %j and %j for the same password (RFC 4013)', async (typed, stored) => {
    const prepared = stored.normalize('NFKC')
    expect(await exchange('SCRAM-SHA-256', { password: typed }, prepared)).not.toBeNull()
  })
})
