/**
 * Registers the service worker and tells when a new version waits. A new version takes over only when asked: a page keeps
 * the code it was loaded with, and the worker keeps that code's files for one release (src/service-worker/index.ts).
 */
import type { Workbox } from 'workbox-window'

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
export async function startWorker(options: { isDev: boolean; onReady: () => void }): Promise<WorkerUpdate | null> {
  if (options.isDev || !('serviceWorker' in navigator)) return null
  try {
    const { Workbox } = await import('workbox-window')
    return await watch(new Workbox(trustedScript() as string), options.onReady)
  } catch {
    // Refused (private window, policy of the host): the app works, only not offline.
    return null
  }
}

async function watch(workbox: Workbox, onReady: () => void): Promise<WorkerUpdate> {
  let isAsked = false
  workbox.addEventListener('waiting', onReady)
  workbox.addEventListener('controlling', (event) => {
    if (isAsked) location.reload()
    else if (event.isUpdate || event.isExternal) onReady()
  })
  await workbox.register({ immediate: true })
  const check = () => workbox.update().catch(() => undefined)
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
      isAsked = true
      workbox.messageSkipWaiting()
      void reloadIfNoneWaits()
    },
  }
}

/** Where another tab let the new version take over, nothing waits any more and a reload is all that is left to do. */
async function reloadIfNoneWaits(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  if (!registration?.waiting && !registration?.installing) location.reload()
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
