/** Signing in as the screen sees it: each step can be cancelled, and what failed is told. */
import { RingLog } from '#model/log.ts'
import { describe, expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import type { Accounts, OpenAccount, SignIn } from '#sync/account.ts'
import { Session } from './session.svelte.ts'

const input = { address: 'romeo@montague.example', password: 'pencil', endpoint: '', isPublic: false }

/** A step that waits for the test. */
function step<T>(): { promise: Promise<T>; pass: (value: T) => void; fail: (error: unknown) => void } {
  let pass: (value: T) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((resolve, reject) => ([pass, fail] = [resolve, reject]))
  return { promise, pass, fail }
}

function stage(leave: () => Promise<'none'> = () => Promise.resolve('none')) {
  const calls: string[] = []
  const account = {
    row: {},
    address: { jid: input.address },
    isPublic: false,
    database: { db: { close: () => calls.push('closed') } },
    engine: { start: () => calls.push('started') },
  } as unknown as OpenAccount
  const [signing, opening] = [step<OpenAccount>(), step<void>()]
  const accounts = {
    signIn: ({ signal }: SignIn) => {
      signal.addEventListener('abort', () => calls.push('aborted'))
      return signing.promise
    },
    leave: () => (calls.push('left'), leave()),
  } as unknown as Accounts
  const defaults = { domain: '', isDomainLocked: false, name: 'Besedka' }
  const session = new Session(defaults, new RingLog(() => 0), {
    opened: () => opening.promise,
    closed: () => undefined,
  })
  void session.start(() => Promise.resolve(accounts), null)
  return { session, account, calls, signing, opening }
}

const turn = () => new Promise((done) => setImmediate(done))

describe('signing in', () => {
  it('opens the account and starts its engine', async () => {
    const { session, account, calls, signing, opening } = stage()
    const done = session.signIn(input)
    await turn()
    signing.pass(account)
    opening.pass()
    await done
    expect([session.phase, calls]).toEqual(['open', ['started']])
  })

  it('is cancelled while the password is proven', async () => {
    const { session, calls, signing } = stage()
    const done = session.signIn(input)
    await turn()
    session.cancelSignIn()
    expect(session.phase).toBe('signed-out')
    signing.fail(new Failed('connection-lost', 'wait', 'cancelled'))
    await done
    expect([session.phase, session.signInFailure, calls]).toEqual(['signed-out', null, ['aborted']])
  })

  it('is cancelled while the account is opened: it is left again, and no engine starts', async () => {
    const { session, account, calls, signing, opening } = stage()
    const done = session.signIn(input)
    await turn()
    signing.pass(account)
    await turn()
    session.cancelSignIn()
    opening.pass()
    await done
    await turn()
    expect([session.phase, session.account, calls]).toEqual(['signed-out', null, ['aborted', 'left']])
  })

  it('says what failed, and asks for the endpoint where none was found', async () => {
    const { session, signing } = stage()
    const done = session.signIn(input)
    signing.fail(new Failed('endpoint-unknown', 'ask', ''))
    await done
    expect([session.phase, session.signInFailure?.what, session.needsEndpoint]).toEqual([
      'signed-out',
      'endpoint-unknown',
      true,
    ])
  })
})

describe('signing out', () => {
  it('that could not erase what is stored stops with the reason, for the account is there at the next start', async () => {
    const { session, account, signing, opening } = stage(() => Promise.reject(new Failed('not-erased', 'ask', '')))
    signing.pass(account)
    opening.pass()
    await session.signIn(input)
    await session.signOut()
    expect([session.phase, session.stopped?.what, session.account]).toEqual(['stopped', 'not-erased', null])
    expect(session.signInFailure).toBeNull()
  })
})
