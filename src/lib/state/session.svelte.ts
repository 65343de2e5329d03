/** Whether somebody is signed in here, and how the connection stands. */
import type { EngineState } from '#model/command.ts'
import { failureOf, type Failure } from '#model/failure.ts'
import { checkAddress, domainOf, type BareJid } from '#model/jid.ts'
import type { Log } from '#model/log.ts'
import type { Accounts, OpenAccount } from '#sync/account.ts'
import type { Connection, Progress, SessionSurface, SignInInput } from './surface.ts'

export interface SessionDefaults {
  readonly domain: string
  readonly isDomainLocked: boolean
  readonly name: string
}

export interface SessionListener {
  opened(account: OpenAccount): Promise<void>
  closed(): void
}

const stopped: Connection = { phase: 'stopped', failure: null, retryAt: null, endpoint: null }

export class Session implements SessionSurface {
  phase = $state<SessionSurface['phase']>('starting')
  stopped = $state.raw<Failure | null>(null)
  account = $state.raw<SessionSurface['account']>(null)
  connection = $state.raw<Connection>(stopped)
  progress = $state.raw<Progress | null>(null)
  storageFailure = $state.raw<Failure | null>(null)
  signInFailure = $state.raw<Failure | null>(null)
  needsEndpoint = $state(false)
  isReturning = $state(false)
  leftover = $state<'none' | 'until-restart'>('none')
  readonly defaults: SessionDefaults
  readonly #listener: SessionListener
  readonly #log: Log
  #load: () => Promise<Accounts> = () => Promise.reject(new Error('not started'))
  #accounts: Accounts | null = null
  #open: OpenAccount | null = null
  #trying: AbortController | null = null

  constructor(defaults: SessionDefaults, log: Log, listener: SessionListener) {
    this.#log = log
    this.defaults = defaults
    this.#listener = listener
  }

  /**
   * Shows what was signed in before; else the sign-in screen, which does not wait for the engine's code.
   * `current`: being opened already; null: nobody was signed in.
   */
  async start(load: () => Promise<Accounts>, current: Promise<OpenAccount | null> | null): Promise<void> {
    this.#load = load
    if (!current) {
      this.phase = 'signed-out'
      return
    }
    this.isReturning = true
    try {
      const account = await current
      this.#accounts = await load()
      if (account) return await this.#opened(account)
    } catch (error) {
      const failure = failureOf(error)
      // Evicted by the browser, or not whole: signing in again makes and fetches everything anew.
      if (failure.what !== 'storage-gone' && failure.what !== 'storage-broken') return this.stop(failure)
      this.signInFailure = failure
    }
    this.phase = 'signed-out'
  }

  /** Nobody is signed in, although there is the database of an account: that of whoever reads this, or of somebody else. */
  missing(): void {
    if (this.phase === 'signed-out' && this.signInFailure === null)
      this.signInFailure = { what: 'storage-stray', remedy: 'ask', cause: 'no row tells of it' }
  }

  stop(failure: Failure): void {
    this.#log.note({ where: 'storage', what: failure.what })
    this.stopped = failure
    this.phase = 'stopped'
  }

  /** The account's database was closed under us. */
  databaseClosed(why: 'newer' | 'gone'): void {
    // Wiping closes it too; then nobody is signed in any more.
    const open = this.#open
    if (!open) return
    open.engine.release()
    void this.#accounts?.isLeaving(open).then((isLeaving) => {
      // The tab that signs out may delete the database before its message comes here.
      if (isLeaving) this.left()
      else if (this.#open === open) this.stop({ what: `storage-${why}`, remedy: 'ask', cause: 'database closed' })
    })
  }

  async #opened(account: OpenAccount): Promise<void> {
    this.#open = account
    this.account = { jid: account.address.jid, isPublic: account.isPublic }
    this.leftover = 'none'
    await this.#listener.opened(account)
    // Cancelled, or signed out by another tab.
    if (this.#open !== account) return
    this.phase = 'open'
    account.engine.start()
  }

  checkAddress(text: string): ReturnType<SessionSurface['checkAddress']> {
    const typed = text.trim()
    const { domain, isDomainLocked } = this.defaults
    const checked = checkAddress(domain !== '' && typed !== '' && !typed.includes('@') ? `${typed}@${domain}` : typed)
    if (checked.ok && isDomainLocked && domainOf(checked.jid) !== domain) return { ok: false, why: 'bad-domain' }
    return checked
  }

  async signIn(input: SignInInput): Promise<void> {
    const checked = this.checkAddress(input.address)
    if (!checked.ok || this.phase !== 'signed-out') return
    const trying = new AbortController()
    this.#trying = trying
    this.phase = 'signing-in'
    this.signInFailure = null
    try {
      this.#accounts ??= await this.#load()
      const account = await this.#accounts.signIn({
        self: checked.jid,
        password: input.password,
        typed: input.endpoint.trim(),
        isPublic: input.isPublic,
        signal: trying.signal,
        trying: (endpoint) => {
          this.connection = { ...stopped, endpoint }
        },
      })
      await this.#opened(account)
    } catch (error) {
      if (trying.signal.aborted) return
      const failure = failureOf(error)
      this.#log.note({ where: 'sign-in', what: failure.what })
      this.signInFailure = failure
      this.needsEndpoint ||= failure.what === 'endpoint-unknown'
      this.phase = 'signed-out'
    }
  }

  cancelSignIn(): void {
    this.#trying?.abort()
    if (this.#open) void this.signOut()
    else if (this.phase === 'signing-in') this.phase = 'signed-out'
  }

  /** How the engine stands, told by whichever tab leads. */
  follow(state: EngineState): void {
    this.connection = state.connection
    this.progress = state.progress
    this.storageFailure = state.storageFailure
  }

  tryNow(): void {
    void this.#open?.engine.ask({ ask: 'try-now' })
  }

  giveAgain(password: string): void {
    if (this.#open) this.#accounts?.renew(this.#open, password)
  }

  async signOut(): Promise<void> {
    const open = this.#open
    if (!open || !this.#accounts) return
    this.phase = 'leaving'
    this.#open = null
    try {
      this.leftover = await this.#accounts.leave(open)
    } catch (error) {
      // All of it is there at the next start, and the person must know; here nothing is open any more.
      this.left()
      return this.stop(failureOf(error))
    }
    this.left()
  }

  /** Another tab signed out, and took the account with it. */
  left(): void {
    this.#open?.database.db.close()
    this.#open = null
    this.account = null
    this.connection = stopped
    this.progress = null
    this.storageFailure = null
    this.#listener.closed()
    this.phase = 'signed-out'
  }

  /** The tab closes: the lead goes to another at once, and the session can be resumed. */
  handOver(): void {
    this.#open?.engine.handOver()
  }

  get self(): BareJid | null {
    return this.account?.jid ?? null
  }
}
