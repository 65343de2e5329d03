// Eyes inside a measured page, the same in product and floor: when something stood on screen, which tasks were long, when
// the wire brought or carried what. It reads no layout and asks no style: only the document, after the page changed it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'

export interface Seen {
  /** ms on the page's clock: the wanted text was drawn, a task after its frame. */
  readonly at: number
  /** [start, length] in ms of tasks over 50 ms since the page began. */
  readonly long: readonly (readonly [number, number])[]
  /** When a frame with this word first came or went; undefined: never. */
  readonly wire: Readonly<Record<string, { first: number; last: number; count: number }>>
  /** When the last click or key was made. */
  readonly input: number
}

/** Where the text is looked for: the newest message on screen, the oldest, the list, the title, or a field that can be typed in. */
export type Where = 'newest' | 'oldest' | 'list' | 'title' | 'field'

interface Probe {
  want(where: Where, text: string): void
  look(where: Where, text: string): void
  seen(): Promise<Seen>
}

const inPage = (page: Page) => page as unknown as { evaluate<T, A>(run: (arg: A) => T, arg: A): Promise<Awaited<T>> }

/** Puts the eyes into all pages of a context that are loaded from now on; a page that is loaded looks for `first`. */
export async function watchPages(context: BrowserContext, first: { where: Where; text: string } | null): Promise<void> {
  await context.addInitScript(install, first)
}

/** From now on the page looks for this. Returns the page's time. */
export async function want(page: Page, where: Where, text: string): Promise<number> {
  return inPage(page).evaluate(
    ({ where, text }) => {
      ;(window as unknown as { probe: Probe }).probe.want(where, text)
      return performance.now()
    },
    { where, text },
  )
}

/** The page goes on to look for this, which may be there already; what the wire brought so far still counts. */
export async function look(page: Page, where: Where, text: string): Promise<void> {
  await inPage(page).evaluate(({ where, text }) => (window as unknown as { probe: Probe }).probe.look(where, text), {
    where,
    text,
  })
}

/** Waits until it was seen. */
export async function seen(page: Page): Promise<Seen> {
  return inPage(page).evaluate(() => (window as unknown as { probe: Probe }).probe.seen(), undefined)
}

/** Lengths of the long tasks that began after `from` and before the end. */
export function tasksSince({ long, at }: Seen, from: number): number[] {
  return long.filter(([start]) => start >= from && start <= at).map(([, length]) => Math.round(length))
}

/** Bytes of the heap, after what nobody holds was collected. */
export async function heapOf(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.enable')
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  await devtools.detach()
  return usedSize
}

/** Runs in the page, before its own scripts: no closures. */
function install(first: { where: Where; text: string } | null): void {
  const long: [number, number][] = []
  let wire: Record<string, { first: number; last: number; count: number }> = {}
  const words = ['<message', '<fin', '<max>']
  const rows = document.getElementsByClassName('timeline-row')
  let wanted: { where: string; text: string } | null = null
  let input = 0
  let { promise, resolve } = Promise.withResolvers<number>()
  const textAt = (where: string): string | null => {
    if (where === 'newest') return rows[rows.length - 1]?.textContent ?? null
    if (where === 'oldest') return rows[0]?.textContent ?? null
    if (where === 'title') return document.title
    if (where === 'list') return document.querySelector('nav')?.textContent ?? null
    return document.querySelector('form input:enabled')?.tagName ?? null
  }
  const look = () => {
    if (wanted === null || !textAt(wanted.where)?.includes(wanted.text)) return
    wanted = null
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve(performance.now())
      port2.postMessage(0)
    })
  }
  const want = (where: string, text: string) => {
    wanted = { where, text }
    ;({ promise, resolve } = Promise.withResolvers<number>())
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) long.push([startTime, duration])
  }).observe({ type: 'longtask', buffered: true })
  const told = (data: unknown) => {
    for (const word of words) {
      if (typeof data !== 'string' || !data.includes(word)) continue
      const now = performance.now()
      const before = wire[word]
      wire[word] = { first: before?.first ?? now, last: now, count: (before?.count ?? 0) + 1 }
    }
  }
  const Native = WebSocket
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', ({ data }) => told(data))
    }
    override send(data: Parameters<WebSocket['send']>[0]): void {
      told(data)
      super.send(data)
    }
  }
  for (const kind of ['click', 'keydown'])
    addEventListener(kind, ({ timeStamp }) => void (input = timeStamp), { capture: true })
  if (first) want(first.where, first.text)
  const seen = async () => {
    const at = await promise
    // A task that is long is told after it ended.
    await new Promise((next) => setTimeout(next, 50))
    return { at, long, wire, input }
  }
  const wantAnew = (where: string, text: string) => {
    wire = {}
    want(where, text)
  }
  const lookAt = (where: string, text: string) => {
    want(where, text)
    look()
  }
  Object.assign(window, { probe: { want: wantAnew, look: lookAt, seen } })
}

/** Records where the processor's time goes while `work` runs, into the folder that BENCH_PROFILE names; without one, nothing. */
export async function profiled<T>(page: Page, name: string, work: () => Promise<T>): Promise<T> {
  const folder = process.env['BENCH_PROFILE']
  if (!folder) return work()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Profiler.enable')
  await devtools.send('Profiler.setSamplingInterval', { interval: 200 })
  await devtools.send('Profiler.start')
  const result = await work()
  const { profile } = await devtools.send('Profiler.stop')
  await devtools.detach()
  writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile))
  return result
}
