/** The address of a server as a person can open it: what browsers hide about a failed WebSocket, they show on a page. */

/** `https://…` of a `wss://…` endpoint (`http` of `ws`); null where there is nothing safe to open. */
export function pageOfEndpoint(endpoint: string | null): string | null {
  if (endpoint === null || !URL.canParse(endpoint)) return null
  const url = new URL(endpoint)
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') return null
  return `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}${url.pathname}${url.search}`
}

/** What is wrong with an endpoint typed by hand; null: it may be tried. Localhost may do without encryption. */
export function endpointProblem(text: string): 'empty' | 'bad' | null {
  const typed = text.trim()
  if (typed === '') return 'empty'
  if (!URL.canParse(typed)) return 'bad'
  const url = new URL(typed)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return url.protocol === 'wss:' || (url.protocol === 'ws:' && isLocal) ? null : 'bad'
}
