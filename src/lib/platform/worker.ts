/**
 * Registers the service worker and tells when a new version waits. A new version takes over only when asked: a page keeps
 * the code it was loaded with, and the worker keeps that code's files as long (src/service-worker/generation.ts).
 */
import { namePrefix } from './place.ts'

export interface WorkerUpdate {
  /** Lets the waiting version take over and reloads this page. Drafts must be stored before. */
  apply(): void
  /** Looks for a new version now; never rejects. */
  check(): Promise<void>
}

/** The one script that may ever become our worker. */
const scriptPath = './service-worker.js'
const checkEvery = 3_600_000

/**
 * onReady runs when a new version waits, or took over because another tab asked.
 * null where there is no worker: development builds, browsers without, insecure origins.
 */
export async function startWorker(options: {
  isDev: boolean
  version: string
  onReady: () => void
}): Promise<WorkerUpdate | null> {
  if (options.isDev || !('serviceWorker' in navigator)) return null
  tellVersion(options.version)
  try {
    return watch(await navigator.serviceWorker.register(trustedScript() as string), options.onReady)
  } catch {
    // Refused (private window, policy of the host): the app works, only not offline.
    return null
  }
}

/** By a lock that lasts as long as the page: unlike an answer, it can be read while the page sleeps. */
function tellVersion(version: string): void {
  const name = `${namePrefix()}:version:${version}`
  navigator.locks.request(name, { mode: 'shared' }, () => new Promise(() => undefined)).catch(() => undefined)
}

function watch(registration: ServiceWorkerRegistration, onReady: () => void): WorkerUpdate {
  // Without one that runs, what is installed is the first, and takes over by itself.
  const look = () => {
    if (registration.active && registration.waiting) onReady()
  }
  const follow = () => registration.installing?.addEventListener('statechange', look)
  let isControlled = navigator.serviceWorker.controller !== null
  look()
  // One may be on its way since before this page was there.
  follow()
  registration.addEventListener('updatefound', follow)
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first one takes in a page that had none.
    if (isControlled) onReady()
    isControlled = true
  })
  if (!isControlled) registration.active?.postMessage({ type: 'CLAIM' })
  const check = () =>
    registration.update().then(
      () => undefined,
      () => undefined,
    )
  let checkedAt = performance.now()
  const checkNow = () => {
    checkedAt = performance.now()
    void check()
  }
  setInterval(checkNow, checkEvery)
  document.addEventListener('visibilitychange', () => {
    // A glance at a tab needs no request; one after a while does.
    if (document.visibilityState === 'visible' && performance.now() - checkedAt > checkEvery / 60) checkNow()
  })
  return {
    check,
    apply() {
      takeOver(registration)
    },
  }
}

/** Where another tab let the new version take over, nothing waits any more and a reload is all that is left to do. */
function takeOver({ waiting }: ServiceWorkerRegistration): void {
  if (!waiting) return location.reload()
  // Told by the worker itself: a change of controller is not, to a page that was loaded past it.
  waiting.addEventListener('statechange', () => location.reload(), { once: true })
  waiting.postMessage({ type: 'SKIP_WAITING' })
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(input: string): unknown }
}

/** Under Trusted Types a plain string is refused; our policy makes this one address and no other, whatever it is given. */
function trustedScript(): unknown {
  const url = new URL(scriptPath, location.href).href
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
  return factory ? factory.createPolicy('besedka-worker', { createScriptURL: () => url }).createScriptURL('') : url
}
