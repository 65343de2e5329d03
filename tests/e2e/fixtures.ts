// The `test` of every end-to-end spec: watched pages, accounts of one's own, bots on the wire, servers that can be broken.
// Import { test, expect } from here and never from Playwright.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { freePort } from '../../tools/ports.mjs'
import type { ServerShape } from '../../tools/prosody/config.mjs'
import { Control } from '../../tools/prosody/control.mjs'
import { serveApp, type AppServer } from '../../tools/serve/app.mjs'
import type { ServerProcess, StartOptions } from '../../tools/server-process.mjs'
import { connectPeer, type Peer, type PeerOptions } from '../peer/peer.ts'
import { stage, startServer, type Stage } from './set-up.ts'
import { Watch } from './watch.ts'

export { expect }
export type { Page, Peer }

/** An account of a server, with what is needed to sign in. */
export interface Account {
  user: string
  password: string
  jid: string
}

/** The app on an origin of its own, before the shared Prosody, through a network that can be made bad. */
export interface Server extends AppServer {
  /** Breaks all connections now; says how many. */
  cut(): number
}

/** What a stand is like besides its server. */
export interface StandOptions {
  base?: string
  config?: object | null
  /** Starts the server; default one of the kind of the shared one. */
  start?: (options: StartOptions) => Promise<ServerProcess>
}

/** A Prosody of one's own, or another server in its place, with an app server before it. */
export interface Stand extends Server {
  prosody: ServerProcess
  /** A fresh account there. */
  account(): Promise<Account>
  /** Signs a bot in there. */
  peer(account: Account, options?: Partial<PeerOptions>): Promise<Peer>
}

export interface Fixtures {
  /** Problems of this test's pages; `watch.expect(/…/)` for one that is provoked, `watch.allow(url)` for another server. */
  watch: Watch
  /** Another browser profile (a second device), watched like the first. */
  device: () => Promise<Page>
  /** A new account with a random name on the shared Prosody. */
  account: () => Promise<Account>
  /** Signs a bot in on the shared Prosody; it is gone when the test ends. */
  peer: (account: Account, options?: Partial<PeerOptions>) => Promise<Peer>
  /** Starts an app server of this test's own before the shared Prosody, e.g. under another path. */
  serve: (options?: { base?: string; config?: object | null }) => Promise<Server>
  /** One such server, at /. */
  server: Server
  /** Starts a Prosody of this test's own, e.g. `{ archive: false }`. */
  stand: (shape?: ServerShape, options?: StandOptions) => Promise<Stand>
}

interface WorkerFixtures {
  /** The shared app and Prosody. */
  shared: Stage
  /** Orders to the shared Prosody. */
  prosody: Control
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names out of this very pattern
  shared: [async ({}, use) => use(stage()), { scope: 'worker' }],

  prosody: [async ({ shared }, use) => use(new Control(shared.prosody)), { scope: 'worker' }],

  baseURL: async ({ shared }, use) => use(shared.url),

  // Every context is watched: no spec can forget it.
  context: async ({ context, shared }, use) => {
    const watch = await Watch.over(context, [shared.origin])
    await use(context)
    await watch.verify()
  },

  watch: async ({ context }, use) => use(Watch.of(context)),

  device: async ({ browser, watch, contextOptions, shared }, use) => {
    const opened: { context: BrowserContext; watch: Watch }[] = []
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, baseURL: shared.url })
      const own = await Watch.over(context, [shared.origin])
      own.share(watch)
      opened.push({ context, watch: own })
      return context.newPage()
    })
    for (const { context, watch: own } of opened) {
      await own.verify()
      await context.close()
    }
  },

  account: async ({ prosody }, use) => use(() => freshAccount(prosody)),

  peer: async ({ prosody }, use) => {
    const peers: Peer[] = []
    await use(async (account, options) => {
      const peer = await signIn(prosody, account, options)
      peers.push(peer)
      return peer
    })
    for (const peer of peers) peer.abort()
  },

  serve: async ({ shared, prosody, context, watch }, use) => {
    const apps: AppServer[] = []
    await use(async (options = {}) => {
      const app = await serveApp({ ...options, root: shared.root, prosody })
      watch.allow(app.origin)
      apps.push(app)
      return { ...app, cut: () => app.cutAll() }
    })
    await closePages(context)
    for (const app of apps) await app.close()
  },

  server: async ({ serve }, use) => use(await serve()),

  stand: async ({ shared, context, watch }, use) => {
    const stands: Stand[] = []
    const peers: Peer[] = []
    await use(async (shape = {}, { start = startServer, ...options } = {}) => {
      const port = await freePort()
      const dir = join(shared.dir, `server-${randomBytes(4).toString('hex')}`)
      const prosody = await start({ publicUrl: `http://localhost:${port}/`, ...shape, dir })
      const app = await serveApp({ ...options, root: shared.root, port, prosody })
      watch.allow(app.origin)
      const made: Stand = {
        ...app,
        prosody,
        cut: () => app.cutAll(),
        account: () => freshAccount(prosody),
        async peer(account, more) {
          const peer = await signIn(prosody, account, more)
          peers.push(peer)
          return peer
        },
      }
      stands.push(made)
      return made
    })
    await closePages(context)
    for (const peer of peers) peer.abort()
    for (const { prosody, close } of stands) {
      await close()
      await prosody.stop()
    }
  },
})

/** A page must not lose its server while it still loads: that would be an error of the page which is none. */
async function closePages(context: BrowserContext): Promise<void> {
  await Watch.of(context).settle()
  for (const page of context.pages()) await page.close()
}

function freshAccount(prosody: Control): Promise<Account> {
  return prosody.register(`u${randomBytes(5).toString('hex')}`, randomBytes(6).toString('base64url'))
}

function signIn(prosody: Control, { user, password }: Account, options: Partial<PeerOptions> = {}): Promise<Peer> {
  return connectPeer({ wsUrl: prosody.wsUrl, domain: prosody.domain, user, password, ...options })
}
