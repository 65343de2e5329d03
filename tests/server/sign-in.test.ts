// The first sign-in over real sockets: one connection, which the engine goes on with.
import { RingLog } from '#model/log.ts'
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, expect, it, vi } from 'vitest'
import english from '#i18n/en.json' with { type: 'json' }
import type { EngineState } from '#model/command.ts'
import { failureOf, type FailureName } from '#model/failure.ts'
import { readJid, type BareJid } from '#model/jid.ts'
import { openRoot } from '#storage/database.ts'
import { readAccounts } from '#storage/write/account.ts'
import { Accounts } from '#sync/account.ts'
import { ordinaryTiming, type AccountHost } from '#sync/host.ts'
import { proveAccount } from '#sync/login.ts'
import { XmppWire } from '#xmpp/xmpp-wire.ts'
import { Browser } from '../flows/stage/tabs.ts'
import { FakeNetwork } from '../flows/stage/world.ts'
import { alice, browserSocket, realClock } from './client.testing.ts'
import { LyingServer, type Script, type Step } from './lying-server.ts'
import {
  asked,
  bindable,
  expect as waitFor,
  greeting,
  honest,
  open,
  proven,
  refusal,
  script,
  success,
} from './script.ts'

const servers: LyingServer[] = []
const self = readJid(`${alice.username}@${alice.domain}`) as BareJid

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

async function stage(scripts: Script | Script[], { openLimit = 5_000 } = {}) {
  const server = new LyingServer(alice, [scripts].flat())
  servers.push(server)
  const endpoint = await server.start()
  const disk = new IDBFactory()
  const root = await openRoot(disk, 'besedka:/', { blocked: () => undefined, closed: () => undefined })
  const states: EngineState[] = []
  const host: AccountHost = {
    prefix: 'besedka:/',
    log: new RingLog(() => Date.now()),
    clock: realClock,
    network: new FakeNetwork(),
    tabs: new Browser().open(),
    timing: { ...ordinaryTiming, openLimit, backoff: { first: 20, most: 20 } },
    fetch: () => Promise.reject(new TypeError('no network')),
    origin: null,
    makeSocket: browserSocket,
    databases: disk,
    memory: () => Promise.resolve(new IDBFactory()),
    openBucket: () => Promise.resolve(null),
    deleteBucket: () => Promise.resolve(false),
    bucketIds: () => Promise.resolve([]),
    wipeStorages: () => Promise.resolve(),
    loadWire: () => Promise.resolve({ XmppWire }),
    loadLogin: () => Promise.resolve({ proveAccount }),
  }
  const accounts = new Accounts(host, { endpoint, mechanisms: [] }, root, {
    changed: () => undefined,
    state: (state) => states.push(state),
    leaving: () => undefined,
    blocked: () => undefined,
    databaseClosed: () => undefined,
  })
  const trying = new AbortController()
  const signIn = () =>
    accounts.signIn({
      self,
      password: alice.password,
      typed: '',
      isPublic: false,
      signal: trying.signal,
      trying: () => undefined,
    })
  const kept = async () => [await readAccounts(root), (await disk.databases()).length]
  return { server, accounts, states, trying, signIn, kept }
}

it('connects once, and loses nothing that is said before the engine listens', async () => {
  const early: Step = {
    send: `<message xmlns="jabber:client" from="{domain}" to="{full}" id="m1"><body>early</body></message>`,
  }
  const { server, accounts, states, signIn } = await stage(honest(early))
  const account = await signIn()
  account.engine.start()
  await vi.waitUntil(async () => (await account.database.db.count('message')) === 1)
  expect(server.visits).toHaveLength(1)
  expect(states.map(({ connection }) => connection.phase)).toContain('catching-up')
  expect(account.login.opened).toBeNull()
  await accounts.leave(account)
  await vi.waitUntil(() => server.visits[0]?.names.at(-1) === 'close')
})

it('connects again where the session broke before the engine took it', async () => {
  const { server, accounts, signIn } = await stage([honest({ cut: true }), honest()])
  const account = await signIn()
  account.engine.start()
  await vi.waitUntil(() => server.visits.length === 2 && account.engine.state.connection.phase === 'catching-up')
  await accounts.leave(account)
})

it.each([
  ['the opening', [waitFor('open')], 1],
  ['the features', [waitFor('open'), open()], 1],
  ['the challenge', [...greeting(), waitFor('auth')], 2],
  ['the proof', asked(), 3],
  ['binding', bindable(), 5],
] as const)('is given up at once when it is cancelled while it waits for %s', async (_, steps, frames) => {
  const { server, signIn, trying, kept } = await stage(script(...steps, { hang: true }))
  const signing = signIn()
  signing.catch(() => undefined)
  await vi.waitUntil(() => server.visits[0]?.names.length === frames)
  trying.abort()
  await expect(signing).rejects.toThrow()
  await vi.waitUntil(() => server.visits[0]?.outcome !== 'running')
  expect(await kept()).toEqual([[], 1])
})

const hang: Step = { hang: true }

it.each<[string, Script, FailureName]>([
  ['the password is wrong', script(...asked(), refusal('not-authorized')), 'wrong-password'],
  ['the account is disabled', script(...asked(), refusal('account-disabled')), 'account-disabled'],
  ['no mechanism is left', script(...greeting('PLAIN'), hang), 'login-no-mechanism'],
  ['the server does not prove itself', script(...asked(), success('v=AAAA')), 'server-not-proven'],
  ['it does not prove itself at all', script(...asked(), success(null)), 'server-not-proven'],
  ['it speaks for another domain', script(waitFor('open'), open('evil.test'), hang), 'wrong-domain'],
  ['it hangs in the handshake', { steps: [], handshake: 'hang' }, 'connection-timeout'],
  ['it hangs after our opening', script(waitFor('open'), hang), 'connection-timeout'],
  ['it hangs before the features', script(waitFor('open'), open(), hang), 'connection-timeout'],
  ['it hangs before the challenge', script(...greeting(), waitFor('auth'), hang), 'connection-timeout'],
  ['it hangs before its proof', script(...asked(), hang), 'connection-timeout'],
  ['it hangs before the second opening', script(...proven(), waitFor('open'), hang), 'connection-timeout'],
  ['it hangs in binding', script(...bindable(), hang), 'connection-timeout'],
])('says so in a sentence and keeps nothing where %s', async (_, played, what) => {
  const { signIn, kept } = await stage(played, { openLimit: 300 })
  const failure = failureOf(await signIn().catch((error: unknown) => error))
  expect(failure.what).toBe(what)
  expect(english[`failure.${what}`]).toMatch(/^[A-Z].*\.$/)
  expect(english[`failure.${what}`]).not.toContain(failure.cause)
  expect(await kept()).toEqual([[], 1])
})

it('forgets the password once the server has named the same salt twice, and signs in without it from then on', async () => {
  const { server, accounts, signIn } = await stage([honest({ cut: true }), honest({ cut: true }), honest()])
  const account = await signIn()
  expect(account.login.password).toBe(alice.password)
  account.engine.start()
  await vi.waitUntil(() => server.visits.length === 3 && server.visits[2]?.outcome === 'played', 9_000)
  expect(account.login.password).toBeNull()
  await accounts.leave(account)
})

it('keeps it in memory where the server makes a new salt each time', async () => {
  const salted = (salt: string): Script => ({ ...honest({ cut: true }), salt })
  const { server, accounts, signIn } = await stage([salted('first salt'), salted('second salt'), honest()])
  const account = await signIn()
  account.engine.start()
  await vi.waitUntil(() => server.visits.length === 3 && server.visits[2]?.outcome === 'played', 9_000)
  expect(account.login.password).toBe(alice.password)
  await accounts.leave(account)
})
