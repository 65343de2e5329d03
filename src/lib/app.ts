/**
 * The composition root: joins platform, storage, engine and state. What is large and not needed for the first screen
 * is loaded after it.
 */
import { Failed, failureOf } from '#model/failure.ts'
import { endpointUrl } from '#model/config.ts'
import { openBucket, deleteBucket } from '#platform/bucket.ts'
import { browserClock } from '#platform/clock.ts'
import { loadConfig, type LoadedConfig } from '#platform/config.ts'
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
import type { Accounts } from '#sync/account.ts'
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
  const loading = loadConfig()
  const languages = navigator.languages
  const opening = openRootSafely((why) =>
    app.session.stop({ what: `storage-${why}`, remedy: 'ask', cause: 'root closed' }),
  )
  void opening.then(preload)
  const text = await Text.load(systemLanguage(languages), languages, clock)
  const root = await opening
  const setting = new Setting(text, settingStore(root), environment.version, languages)
  await setting.load()
  const loaded = await loading
  const { config } = loaded
  applyTokens(config.tokens)
  const update = new Update()
  const defaults = { domain: config.domain, isDomainLocked: config.lockedDomain, name: config.name }
  const app: App = new App(defaults, text, setting, update, clock, tabs.id)
  if (root instanceof Failed) app.session.stop(root.failure)
  else void startSession(app, root, loaded)
  void startUpdates(app, update, environment)
  listenToPage(app)
  return app
}

/** The root database, or why there is none (a private window that refuses storage, a newer version). */
async function openRootSafely(closed: (why: 'newer' | 'gone') => void): Promise<RootDatabase | Failed> {
  try {
    return await openRoot(indexedDB, namePrefix(), { blocked: () => undefined, closed })
  } catch (error) {
    const failure = failureOf(error)
    return new Failed(failure.what, failure.remedy, failure.cause)
  }
}

/** Whoever was signed in needs this code next; it comes while language and settings are read. */
async function preload(root: RootDatabase | Failed): Promise<void> {
  if (root instanceof Failed || (await root.count('account')) === 0) return
  await Promise.all([import('#sync/account.ts'), import('#state/account.svelte.ts')])
}

function settingStore(root: RootDatabase | Failed): SettingStore {
  if (root instanceof Failed) return { read: () => Promise.resolve(null), write: () => Promise.resolve() }
  return { read: (name) => readSetting(root, name), write: (name, value) => putSetting(root, name, value) }
}

async function startSession(app: App, root: RootDatabase, loaded: LoadedConfig): Promise<void> {
  const hasAccount = (await root.count('account')) > 0
  await app.session.start(hasAccount, () => openAccounts(app, root, loaded))
}

async function openAccounts(app: App, root: RootDatabase, { config }: LoadedConfig): Promise<Accounts> {
  const { Accounts } = await import('#sync/account.ts')
  const host: AccountHost = {
    prefix: namePrefix(),
    clock: browserClock(),
    network: browserNetwork(),
    tabs: browserTabs(),
    timing: ordinaryTiming,
    fetch: (url, options) => fetch(url, options),
    origin: location.origin,
    makeSocket: (url, protocol) => new WebSocket(url, protocol),
    databases: indexedDB,
    memory: async () => (await import('#storage/memory.ts')).memoryDatabases(),
    openBucket,
    deleteBucket,
    wipeStorages,
    loadWire: () => import('#xmpp/xmpp-wire.ts'),
    loadLogin: () => import('#sync/login.ts'),
  }
  const endpoint = config.endpoint === null ? null : endpointUrl(config.endpoint, document.baseURI)
  return new Accounts(host, { endpoint, mechanisms: config.mechanisms }, root, {
    changed: (changes) => app.changed(changes),
    state: () => app.stateChanged(),
    leaving: () => app.session.left(),
    blocked: () => app.session.stop({ what: 'storage-blocked', remedy: 'ask', cause: 'older tab' }),
    databaseClosed: (why) => app.session.databaseClosed(why),
  })
}

async function startUpdates(app: App, update: Update, { isDev }: AppEnvironment): Promise<void> {
  // The first screen needs neither the worker nor its code.
  await new Promise((resolve) => setTimeout(resolve, workerPause))
  const worker = await startWorker({
    isDev,
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
