// A server that lies is not believed, the person is told, and the same client then works with an honest one.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { alice, TestClient, type ClientOptions } from './client.testing.ts'
import type { Lie } from './lie.ts'
import { loginLies } from './login-lies.ts'
import { LyingServer, type Script } from './lying-server.ts'
import { faultsOf } from './meeting.ts'
import { honest } from './script.ts'
import { brokenOff, streamLies } from './stream-lies.ts'

let server: LyingServer | undefined
let client: TestClient | undefined

afterEach(async () => {
  client?.stop()
  await server?.stop()
  vi.restoreAllMocks()
})

async function meet(
  scripts: readonly Script[],
  options: ClientOptions = {},
): Promise<{ server: LyingServer; client: TestClient }> {
  server = new LyingServer(alice, scripts)
  client = new TestClient(await server.start(), options)
  client.start()
  return { server, client }
}

it('an honest server is believed, and leaves keys that sign in without the password', async () => {
  const first = await meet([honest()])
  await first.client.untilOpenAgain()
  expect(first.server.visits[0]?.outcome).toBe('played')
  expect(first.client.proofs).toMatchObject([{ mechanism: 'SCRAM-SHA-256', keys: { iterations: 4096 } }])
  const { keys } = first.client.proofs[0]!
  first.client.stop()
  const again = new TestClient(await new LyingServer(alice, [honest()]).start(), {
    secret: { keys: keys! },
    pinned: 'SCRAM-SHA-256',
  })
  again.start()
  await again.untilOpenAgain()
  expect(again.proofs).toHaveLength(1)
  again.stop()
})

describe.each([
  ['signing in', loginLies],
  ['the stream', streamLies],
  ['breaking off', brokenOff],
])('%s', (_title, lies) => {
  it.each(lies.map((lie): [string, Lie] => [lie.name, lie]))('%s', async (_name, lie) => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(await faultsOf(lie)).toEqual([])
    expect(complaints).not.toHaveBeenCalled()
  })
})

describe('an open session', () => {
  it.each([
    [
      'too large',
      `<message xmlns="jabber:client" from="bob@example.test"><body>${'a'.repeat(600_000)}</body></message>`,
    ],
    [
      'too deep',
      `<message xmlns="jabber:client" from="bob@example.test">${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</message>`,
    ],
  ])('leaves out a message that is %s and goes on', async (_name, hostile) => {
    const kept = '<message xmlns="jabber:client" from="bob@example.test"><body constructor="1">kept</body></message>'
    const { client } = await meet([honest({ send: hostile }, { send: kept })])
    await vi.waitUntil(() => client.incoming.length > 0, { timeout: 5000, interval: 5 })
    expect(client.incoming).toHaveLength(1)
    expect(client.incoming[0]).toContain('kept')
    expect(client.isOpen).toBe(true)
  })
})

describe('stored keys', () => {
  it('that the server no longer takes ask for the password, not blame it', async () => {
    const keys = {
      mechanism: 'SCRAM-SHA-256',
      salt: new Uint8Array([1]),
      iterations: 4096,
      clientKey: new Uint8Array(32),
      serverKey: new Uint8Array(32),
    } as const
    const { client, server } = await meet([honest()], { secret: { keys } })
    expect(await client.untilFailure()).toMatchObject({ what: 'password-needed', remedy: 'ask' })
    expect(server.visits[0]?.names).not.toContain('response')
  })
})

describe('PLAIN', () => {
  it('is used only where the configuration allows it', async () => {
    const { greeting, success, expect: wait, script } = await import('./script.ts')
    const plain = script(...greeting('PLAIN'), wait('auth'), success(null), wait('open'))
    const { client, server } = await meet([plain], { allow: ['PLAIN'], openLimit: 400 })
    await vi.waitUntil(() => client.proofs.length > 0, { timeout: 5000, interval: 5 })
    expect(client.proofs[0]).toEqual({ mechanism: 'PLAIN', keys: null })
    expect(server.visits[0]?.frames[1]).toContain(Buffer.from('\0alice\0pencil').toString('base64'))
  })
})
