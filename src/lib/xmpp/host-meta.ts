/**
 * Reads what a domain says of its WebSockets: /.well-known/host-meta in XML and in JSON, side by side.
 * Says of each form what was found, so that an operator can be told what to mend; which address to use is left to discovery.ts.
 *
 * @xep 0156 Discovering Alternative XMPP Connection Methods 1.4.0
 */
import { attributeOf, childElements, nameOf, namespaceOf } from './element.ts'
import { readXml } from './xml.ts'

/**
 * `links`: announced. `none`: a host-meta of something else, for example of the fediverse. `absent`: 404 or 410.
 * `refused`: another status. `page`: a web page instead. `invalid`: neither XML nor JSON as it should be.
 * `unreachable`: no answer we may see: no such host, a bad certificate or no CORS header; browsers do not tell which.
 */
export type HostMetaOutcome = 'links' | 'none' | 'absent' | 'refused' | 'page' | 'invalid' | 'unreachable' | 'timeout'

export interface HostMetaFinding {
  readonly form: 'xml' | 'json'
  readonly url: string
  readonly outcome: HostMetaOutcome
  /** As announced and in that order, not checked; empty unless `outcome` is `links`. */
  readonly links: readonly string[]
  /** HTTP status; null where there was no answer. */
  readonly status: number | null
}

/** The page's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const WEBSOCKET_REL = 'urn:xmpp:alt-connections:websocket'
const XRD = 'http://docs.oasis-open.org/ns/xri/xrd-1.0'
const MAX_BYTES = 256 * 1024
const MAX_LINKS = 10

/** Asks for both forms at once (XEP-0156 section 3). `origin` is `https://domain`; `timeout` in ms, for each. Never throws. */
export async function readHostMeta(origin: string, fetch: Fetch, timeout: number): Promise<HostMetaFinding[]> {
  const xml = `${origin}/.well-known/host-meta`
  return Promise.all([readForm('xml', xml, fetch, timeout), readForm('json', `${xml}.json`, fetch, timeout)])
}

async function readForm(form: 'xml' | 'json', url: string, fetch: Fetch, timeout: number): Promise<HostMetaFinding> {
  const signal = AbortSignal.timeout(timeout)
  const finding = (outcome: HostMetaOutcome, status: number | null, links: readonly string[] = []): HostMetaFinding => {
    return { form, url, outcome, links, status }
  }
  let status: number | null = null
  try {
    const response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-cache' })
    status = response.status
    if (status === 404 || status === 410) return finding('absent', status)
    if (!response.ok) return finding('refused', status)
    // A redirect must not leave https, or the links could be anybody's.
    if (url.startsWith('https:') && response.url.startsWith('http:')) return finding('refused', status)
    const text = await textOf(response)
    if (text === null) return finding('invalid', status)
    if (isPage(text)) return finding('page', status)
    const links = form === 'xml' ? linksOfXml(text) : linksOfJson(text)
    if (links === null) return finding('invalid', status)
    return finding(links.length === 0 ? 'none' : 'links', status, links.slice(0, MAX_LINKS))
  } catch {
    return finding(signal.aborted ? 'timeout' : 'unreachable', status)
  }
}

/** The body, or `null` where it is larger than any host-meta. */
async function textOf(response: Response): Promise<string | null> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let size = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > MAX_BYTES) {
      await reader.cancel()
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}

function isPage(text: string): boolean {
  const start = text.slice(0, 512).trimStart().toLowerCase()
  return start.startsWith('<!doctype html') || start.startsWith('<html')
}

/** RFC 6415 section 3. `null`: not an XRD. */
function linksOfXml(text: string): string[] | null {
  try {
    const root = readXml(text.trim(), { maxDepth: 16, comments: true })
    if (nameOf(root) !== 'XRD') return null
    return childElements(root)
      .filter((link) => nameOf(link) === 'Link' && (namespaceOf(link) === XRD || namespaceOf(link) === ''))
      .filter((link) => attributeOf(link, 'rel') === WEBSOCKET_REL)
      .flatMap((link) => attributeOf(link, 'href') ?? [])
  } catch {
    return null
  }
}

/** RFC 6415 appendix A. `null`: not a JRD. */
function linksOfJson(text: string): string[] | null {
  try {
    const root: unknown = JSON.parse(text)
    if (typeof root !== 'object' || root === null || Array.isArray(root)) return null
    const { links } = root as { links?: unknown }
    if (links === undefined) return []
    if (!Array.isArray(links)) return null
    return links.flatMap((link: unknown) => {
      if (typeof link !== 'object' || link === null) return []
      const { rel, href } = link as { rel?: unknown; href?: unknown }
      return rel === WEBSOCKET_REL && typeof href === 'string' ? href : []
    })
  } catch {
    return null
  }
}
