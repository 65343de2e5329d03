// Watches the pages of one browser context for what must never happen in any test: a breach of the Content-Security-Policy
// or of Trusted Types, an error nobody caught, a request to a foreign origin.
import type { BrowserContext, Page } from '@playwright/test'

const mark = 'besedka-violation:'
const watches = new WeakMap<BrowserContext, Watch>()
const breach = /content[- ]security[- ]policy|trusted ?types?|TrustedHTML|TrustedScript/i

// Firefox reports what happens on the network like an error of the page. Broken connections are what many tests are about.
const network =
  /^(Cross-Origin Request Blocked|Firefox can.t establish a connection|The connection to \S+ was interrupted|Loading failed for)/

/** What a context did wrong so far. */
export class Watch {
  readonly problems: string[] = []
  #rules: { origins: Set<string>; expected: RegExp[] } = { origins: new Set(), expected: [] }
  #context: BrowserContext

  private constructor(context: BrowserContext, origins: string[]) {
    this.#context = context
    for (const origin of origins) this.allow(origin)
  }

  /** Must be called before the context has a page. */
  static async over(context: BrowserContext, origins: string[]): Promise<Watch> {
    const watch = new Watch(context, origins)
    watches.set(context, watch)
    await context.addInitScript((mark) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event
        console.error(`${mark} policy: ${effectiveDirective} ${blockedURI} at ${sourceFile}:${lineNumber} ${sample}`)
      })
      // The driver tells of a rejection without saying what kind of thing was rejected with.
      addEventListener('unhandledrejection', ({ reason }) => {
        const { name, message, stack } = Object(reason)
        console.error(`${mark} rejected: ${Object.prototype.toString.call(reason)} ${name}: ${message} ${stack}`)
      })
    }, mark)
    context.on('page', (page) => watch.#follow(page))
    context.on('serviceworker', (worker) => watch.#visit(worker.url()))
    context.on('request', (request) => watch.#visit(request.url()))
    return watch
  }

  /** The one over this context. */
  static of(context: BrowserContext): Watch {
    const watch = watches.get(context)
    if (watch === undefined) throw new Error('this context is not watched')
    return watch
  }

  /** A server this test talks to, besides the app's own. */
  allow(url: string): void {
    const { host, origin } = new URL(url)
    this.#rules.origins.add(origin)
    for (const scheme of ['ws', 'wss']) this.#rules.origins.add(`${scheme}://${host}`)
  }

  /** A problem this very test provokes. */
  expect(problem: RegExp): void {
    this.#rules.expected.push(problem)
  }

  /** From now on what one of the two allows or expects holds for both. */
  share(other: Watch): void {
    this.#rules = other.#rules
  }

  /** Waits until what the pages said last has arrived. */
  async settle(): Promise<void> {
    for (const page of this.#context.pages()) await page.evaluate(() => 0).catch(() => undefined)
  }

  /** Throws when something happened that was not expected. */
  async verify(): Promise<void> {
    await this.settle()
    const found = this.problems.filter((problem) => !this.#rules.expected.some((expected) => expected.test(problem)))
    if (found.length > 0) throw new Error(`What must never happen, happened:\n- ${[...new Set(found)].join('\n- ')}`)
  }

  #follow(page: Page): void {
    page.on('pageerror', (error) => {
      const text = error.stack ?? error.message
      if (!network.test(text)) this.problems.push(`uncaught: ${text}`)
    })
    page.on('websocket', (socket) => this.#visit(socket.url()))
    page.on('console', (message) => {
      const text = message.text()
      if (text.startsWith(mark)) this.problems.push(text.slice(mark.length + 1))
      else if (message.type() === 'error' && breach.test(text)) this.problems.push(`policy: ${text}`)
    })
  }

  #visit(address: string): void {
    const url = new URL(address)
    const isOwn = this.#rules.origins.has(url.origin) || this.#rules.origins.has(`${url.protocol}//${url.host}`)
    if (!isOwn && !['blob:', 'data:', 'about:'].includes(url.protocol))
      this.problems.push(`foreign request: ${address}`)
  }
}
