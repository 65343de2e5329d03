/** A click on a notification: brings the open page to the front, else opens one. */

/** Pages are told where to go, not sent there: navigating would reload the tab that holds the connection. */
export async function openClicked(clicked: Notification, clients: Clients, scope: string): Promise<void> {
  clicked.close()
  const data = clicked.data as { hash?: unknown } | null
  const hash = typeof data?.hash === 'string' && data.hash.startsWith('#') ? data.hash : ''
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.filter((each) => each.url.startsWith(scope)).sort((a, b) => +b.focused - +a.focused)[0]
  if (!page) {
    await clients.openWindow(scope + hash)
    return
  }
  await page.focus()
  if (hash !== '') page.postMessage({ type: 'open', hash })
}
