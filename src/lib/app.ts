/**
 * The composition root: joins platform, storage, engine and state. What is large and not needed for the first screen
 * is loaded after it.
 */
import { Failed, failureOf } from '#model/failure.ts'
import { endpointUrl } from '#model/config.ts'
import { browserPage } from '#platform/attention.ts'
import { RingLog, type Log } from '#model/log.ts'
import { browserBuckets } from '#platform/bucket.ts'
import { browserClock } from '#platform/clock.ts'
import { isFirstStart, loadConfig, type LoadedConfig } from '#platform/config.ts'
import { browserNetwork } from '#platform/network.ts'
import { namePrefix } from '#platform/place.ts'
import { browserTabs } from '#platform/tabs.ts'
import { applyTokens } from '#platform/theme.ts'
import { wipeStorages } from '#platform/wipe.ts'
import { startWorker } from '#platform/worker.ts'
import { App } from '#state/app.svelte.ts'
import { Setting, systemLanguage, type SettingStore } from '#state/setting.svelte.ts'
import type { AppSurface } from '#state/surface.ts'
import { Text } from '#state/text.svelte.ts'
import { Update } from '#state/update.svelte.ts'
import { openRoot, type RootDatabase } from '#storage/database.ts'
import { putSetting, readSetting } from '#storage/write/setting.ts'
import type { Accounts, OpenAccount } from '#sync/account.ts'
import { ordinaryTiming, type AccountHost } from '#sync/host.ts'

/** ms after which the service worker is looked after. */
const workerPause = 1_000

export interface AppEnvironment {
  readonly isDev: boolean
  readonly version: string
}

/** Makes the app; resolves as soon as a screen can be drawn in the person's language. */
export async function createApp(environment: AppEnvironment): Promise<AppSurface> {
  const clock = browserClock()
  const tabs = browserTabs()
  const log = new RingLog(() => clock.now())
  if (!isFirstStart()) preload()
  const loading = loadConfig()
  const languages = navigator.languages
  const { promise: made, resolve: make } = Promise.withResolvers<App>()
  const opening = openRootSafely(made)
  const returning = opening.then((root) => openCurrent(made, root, loading, log))
  const text = await Text.load(systemLanguage(languages), languages, clock)
  const root = await opening
  const setting = new Setting(text, settingStore(root), environment.version, languages, clock)
  await setting.load()
  const loaded = await loading
  const { config } = loaded
  applyTokens(config.tokens)
  setting.configProblems = loaded.problems
  void loaded.refreshed.then((problems) => {
    if (problems) setting.configProblems = problems
  })
  const update = new Update()
  const defaults = { domain: config.domain, isDomainLocked: config.lockedDomain, name: config.name }
  const app = new App(defaults, text, setting, update, browserPage(), log, clock, tabs.id)
  make(app)
  const session = await returning
  if (root instanceof Failed) app.session.stop(root.failure)
  else if (session) void app.session.start(session.load, session.current)
  // Code that cannot be had now: it is told at the next visit.
  if (session?.current === null) tellOfStrays(app).catch(() => undefined)
  void startUpdates(app, update, environment)
  listenToPage(app)
  return app
}

/** The root database, or why there is none (a private window that refuses storage, a newer version). */
async function openRootSafely(app: Promise<App>): Promise<RootDatabase | Failed> {
  const closed = async (why: 'newer' | 'gone'): Promise<void> => {
    ;(await app).session.stop({ what: `storage-${why}`, remedy: 'ask', cause: 'root closed' })
  }
  try {
    const { promise: blocked, resolve: block } = Promise.withResolvers<Failed>()
    const opening = openRoot(indexedDB, namePrefix(), {
      blocked: () => block(new Failed('storage-blocked', 'ask', 'older tab')),
      closed: (why) => void closed(why),
    })
    // An older tab that does not let go must not leave this one without a word.
    return await Promise.race([opening, blocked])
  } catch (error) {
    const failure = failureOf(error)
    return new Failed(failure.what, failure.remedy, failure.cause)
  }
}

/** Accounts that nothing tells of any more: who signs in to one again gets back what can be read of it. */
async function tellOfStrays(app: App): Promise<void> {
  const { findStrays } = await import('#sync/stray.ts')
  const strays = await findStrays({ prefix: namePrefix(), databases: indexedDB, ...browserBuckets() }, new Set())
  if (strays.length > 0) app.session.missing()
}

interface Returning {
  load(): Promise<Accounts>
  /** Whoever was signed in; null: nobody. */
  readonly current: Promise<OpenAccount | null> | null
}

/** Opens the account of whoever was signed in, with its code, while language and settings are still being read. */
async function openCurrent(
  app: Promise<App>,
  root: RootDatabase | Failed,
  config: Promise<LoadedConfig>,
  log: Log,
): Promise<Returning | null> {
  if (root instanceof Failed) return null
  let accounts: Promise<Accounts> | null = null
  const load = (): Promise<Accounts> =>
    (accounts ??= openAccounts(app, root, config, log).catch((error: unknown) => {
      // Code that could not be had (no network) is asked for again.
      accounts = null
      throw error
    }))
  if ((await root.count('account')) === 0) return { load, current: null }
  const current = load().then((opened) => opened.current())
  // Whoever awaits it is told; until then nobody listens.
  current.catch(() => undefined)
  return { load, current }
}

/** Who comes again is mostly signed in: this code is needed next, and is asked for while the disk is opened. */
function preload(): void {
  for (const code of [import('#sync/account.ts'), import('#state/chat.svelte.ts')]) {
    // Whoever needs it asks again, and is told.
    code.catch(() => undefined)
  }
}

function settingStore(root: RootDatabase | Failed): SettingStore {
  if (root instanceof Failed) return { read: () => Promise.resolve(null), write: () => Promise.resolve() }
  return { read: (name) => readSetting(root, name), write: (name, value) => putSetting(root, name, value) }
}

async function openAccounts(
  app: Promise<App>,
  root: RootDatabase,
  config: Promise<LoadedConfig>,
  log: Log,
): Promise<Accounts> {
  const { Accounts } = await import('#sync/account.ts')
  const host: AccountHost = {
    prefix: namePrefix(),
    clock: browserClock(),
    network: browserNetwork(),
    tabs: browserTabs(),
    log,
    timing: ordinaryTiming,
    fetch: (url, options) => fetch(url, options),
    origin: location.origin,
    makeSocket: (url, protocol) => new WebSocket(url, protocol),
    databases: indexedDB,
    memory: async () => (await import('#storage/memory.ts')).memoryDatabases(),
    ...browserBuckets(),
    wipeStorages,
    loadWire: () => import('#xmpp/xmpp-wire.ts'),
    loadLogin: () => import('#sync/login.ts'),
  }
  const { endpoint, mechanisms } = (await config).config
  const fixed = endpoint === null ? null : endpointUrl(endpoint, document.baseURI)
  // An account is opened before the app is made: what it tells meanwhile waits.
  const tell = (what: (app: App) => void): void => void app.then(what)
  return new Accounts(host, { endpoint: fixed, mechanisms }, root, {
    changed: (changes) => tell((made) => made.changed(changes)),
    state: () => tell((made) => made.stateChanged()),
    leaving: () => tell((made) => made.session.left()),
    blocked: () => tell((made) => made.session.stop({ what: 'storage-blocked', remedy: 'ask', cause: 'older tab' })),
    databaseClosed: (why) => tell((made) => made.session.databaseClosed(why)),
  })
}

async function startUpdates(app: App, update: Update, { isDev, version }: AppEnvironment): Promise<void> {
  // The first screen needs neither the worker nor its code.
  await new Promise((resolve) => setTimeout(resolve, workerPause))
  const worker = await startWorker({
    isDev,
    version,
    onReady: () => {
      update.isReady = true
    },
  })
  update.run = async () => {
    await app.flush()
    worker?.apply()
  }
}

function listenToPage(app: App): void {
  document.addEventListener('visibilitychange', () => {
    // Often the last word of a page on a phone; a hidden page may be ended without any other.
    if (document.visibilityState === 'hidden') app.leave()
  })
  addEventListener('pagehide', (event) => {
    app.leave()
    // A page kept for "back" must not keep the connection; one that is gone lets go of it anyway.
    if (!event.persisted) app.session.handOver()
  })
  addEventListener('pageshow', (event) => {
    // Restored from the back-forward cache: its sockets and locks are dead.
    if (event.persisted) location.reload()
  })
}
