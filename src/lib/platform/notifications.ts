/**
 * System notifications (see model/notifications.ts): through the worker's registration where there is one, because only
 * those outlive the page and exist on phones.
 */
import type { Notifications, SystemNotice } from '#model/notifications.ts'

export function browserNotifications(): Notifications {
  const isSupported = 'Notification' in globalThis
  const permission = () => (isSupported ? Notification.permission : 'unsupported')
  const own = new Map<string, Notification>()
  const clicked = new EventTarget()
  return {
    permission,
    ask: async () => (isSupported ? await Notification.requestPermission() : 'unsupported'),
    async show(notice) {
      if (permission() !== 'granted') return
      const registration = await activeRegistration()
      if (registration) await registration.showNotification(notice.title, optionsOf(notice))
      else own.set(notice.tag, pageNotification(notice, clicked))
    },
    async close(tag) {
      own.get(tag)?.close()
      own.delete(tag)
      const registration = await activeRegistration()
      for (const shown of (await registration?.getNotifications({ tag })) ?? []) shown.close()
    },
    onOpen: (fn) => listen(clicked, fn),
  }
}

function optionsOf({ tag, body, hash, isSilent }: SystemNotice): NotificationOptions {
  const icon = './icons/icon-192.png'
  return { tag, body, icon, badge: './icons/badge-96.png', silent: isSilent, data: { hash }, dir: 'auto' }
}

function pageNotification(notice: SystemNotice, clicked: EventTarget): Notification {
  const shown = new Notification(notice.title, optionsOf(notice))
  shown.onclick = () => {
    focus()
    shown.close()
    clicked.dispatchEvent(new CustomEvent('open', { detail: notice.hash }))
  }
  return shown
}

/** Clicks reach us from this page's own notices, or from the worker as a message. */
function listen(clicked: EventTarget, fn: (hash: string) => void): () => void {
  const ended = new AbortController()
  const { signal } = ended
  clicked.addEventListener('open', (event) => fn((event as CustomEvent<string>).detail), { signal })
  const onMessage = (event: MessageEvent<unknown>) => {
    const message = event.data as { type?: unknown; hash?: unknown } | null
    if (message?.type === 'open' && typeof message.hash === 'string') fn(message.hash)
  }
  if ('serviceWorker' in navigator) navigator.serviceWorker.addEventListener('message', onMessage, { signal })
  return () => ended.abort()
}

async function activeRegistration(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null
  const registration = await navigator.serviceWorker.getRegistration()
  return registration?.active ? registration : null
}
