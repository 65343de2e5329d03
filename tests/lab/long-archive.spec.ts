// 100,000 messages in 200 conversations in a real page, with interruptions: by a device that was away, and by a new one that
// looks back. Nothing missing, nothing twice, in the archive's order; the newest screen first, a bounded heap, no long task.
import type { BrowserContext, CDPSession, Page } from '@playwright/test'
import { expect, test, type Account, type Stand } from '../e2e/fixtures.ts'
import { bubbles, expectOnline, line, lines, signIn } from '../e2e/person.ts'
import { countOf, rowsOf } from '../e2e/store.ts'
import { dice, type Dice } from './engine/dice.ts'
import { judge, keptBy, LongArchive, peersOf, whole } from './long-archive.ts'
import { report } from './report.ts'
import { seed, size } from './size.ts'

const full = { messages: 100_000, interruptions: 20, looks: 6 }
const gate = { messages: 4_000, interruptions: 4, looks: 2 }
const chosen = size === 'full' ? full : gate
const plan = { ...chosen, messages: Number(process.env.MESSAGES ?? chosen.messages) }
const peers = peersOf(200)
const [opened = ''] = peers
const bar = { ...whole, 'gaps marked': 0 }
const heapBar = 250
/** Of the first page, so that nothing older is left out. */
const before = 50
/** About so many rows come with each step back. */
const rowsAStep = 80
/** What the list calls it: it has no other name. */
const nameOf = (jid: string) => new RegExp(`${jid.split('@', 1)[0]}(?!\\d)`)
const now = () => Math.floor(Date.now() / 1000)

test.setTimeout(3_600_000)

/** What a page tells of itself while it works. */
interface Seen {
  /** Start and length of each task over 50 ms. */
  long: [number, number][]
  /** Messages read, as the bar tells; null: no bar. */
  progress: (number | null)[]
  /** Date.now() when the wanted text was on screen; null: not yet. */
  newest: number | null
}

/** Runs in the page before anything else. */
function watch(wanted: string): void {
  const seen: Seen = { long: [], progress: [], newest: null }
  Object.assign(window, { seen })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.long.push([startTime, duration])
  }).observe({ type: 'longtask', buffered: true })
  setInterval(() => {
    const told = document.querySelector('[role="progressbar"]')?.getAttribute('aria-valuetext')
    const done = told ? Number(/[\d,]+/.exec(told)?.[0].replaceAll(',', '')) : null
    if (done !== (seen.progress.at(-1) ?? null)) seen.progress.push(done)
    const all = document.querySelectorAll('[role="feed"] [role="article"], [role="feed"] article')
    const last = all[all.length - 1]
    if (seen.newest === null && last?.textContent?.includes(wanted)) seen.newest = Date.now()
  }, 50)
}

/** The page of a device that is closed and opened again, and all that was seen of it. */
class Visit {
  page: Page | null = null
  /** Highest, and highest after the garbage was collected: MB. */
  peak = 0
  kept = 0
  readonly tasks: [number, number][] = []
  /** Times at which the bar went back within one session. */
  backward = 0
  newest: number | null = null
  readonly started = Date.now()
  readonly #context: BrowserContext
  readonly #url: string
  readonly #wanted: string
  #cdp: CDPSession | null = null

  constructor(context: BrowserContext, url: string, wanted: string) {
    this.#context = context
    this.#url = url
    this.#wanted = wanted
  }

  get open(): Page {
    if (!this.page) throw new Error('not open')
    return this.page
  }

  async begin(page?: Page): Promise<void> {
    this.page = page ?? (await this.#context.newPage())
    await this.page.addInitScript(watch, this.#wanted)
    this.#cdp = await this.#context.newCDPSession(this.page)
    await this.#cdp.send('Performance.enable')
    if (!page) await this.page.goto(this.#url)
  }

  /** Notes the heap; `isClean`: after the garbage was collected. */
  async weigh(isClean: boolean): Promise<void> {
    if (!this.#cdp) return
    if (isClean) await this.#cdp.send('HeapProfiler.collectGarbage')
    const { metrics } = await this.#cdp.send('Performance.getMetrics')
    const used = (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / 1e6
    if (isClean) this.kept = Math.max(this.kept, used)
    this.peak = Math.max(this.peak, used)
  }

  async collect(): Promise<void> {
    const seen = await this.open.evaluate(() => (window as unknown as { seen: Seen }).seen)
    // Drawing the page for the first time is not catching up; its first second is left out.
    this.tasks.push(...seen.long.filter(([at]) => at > 1_000))
    let before = 0
    for (const done of seen.progress) {
      if (done !== null && done < before) this.backward++
      before = done ?? 0
    }
    this.newest ??= seen.newest
  }

  async end(): Promise<void> {
    await this.collect()
    await this.page?.close()
    this.page = null
  }
}

async function setOut(stand: Stand): Promise<{ anna: Account; archive: LongArchive; chance: Dice }> {
  const anna = await stand.account()
  await stand.prosody.roster(
    anna.user,
    peers.map((jid) => ({ jid })),
  )
  return { anna, archive: new LongArchive(), chance: dice(seed) }
}

/** By turns: a cut, a session that the server has forgotten, a page that is closed and opened again. */
async function interrupt(stand: Stand, anna: Account, visit: Visit, turn: number): Promise<void> {
  if (turn % 3 === 1) stand.cut()
  else if (turn % 3 === 2) await stand.prosody.cut('forget', { user: anna.user })
  else {
    await visit.end()
    await visit.begin()
  }
}

test(`away while ${plan.messages} messages came`, async ({ page, context, stand }) => {
  const server = await stand()
  const { anna, archive, chance } = await setOut(server)
  archive.add(anna.jid, peers, before, chance, now() - plan.messages * 4 - 200)
  archive.read()
  await server.prosody.fill(anna.user, archive.items)
  await signIn(page, anna, server)
  await line(page, nameOf(opened)).click()
  await expect(bubbles(page).last()).toBeVisible()
  await expect(lines(page)).toHaveCount(archive.talks.size, { timeout: 60_000 })
  const { href } = new URL(page.url())
  await page.close()
  await server.prosody.cut('forget', { user: anna.user })
  const { length } = archive.items
  archive.add(anna.jid, peers, plan.messages, chance, now() - 100)
  await server.prosody.fill(anna.user, archive.items.slice(length))

  archive.watch(opened)

  const visit = new Visit(context, href, archive.newest(opened))
  const started = Date.now()
  await visit.begin()
  for (let turn = 1; turn <= plan.interruptions; turn++) {
    const goal = before + (plan.messages * turn) / (plan.interruptions + 1)
    await grown(visit, goal)
    await interrupt(server, anna, visit, turn)
  }
  await grown(visit, archive.texts)
  await expectOnline(visit.open, 120_000)
  const seconds = (Date.now() - started) / 1000
  await conclude('away', visit, archive, seconds, () => true, await serverAlone(server, anna))
})

test(`a new device of an archive of ${plan.messages}`, async ({ page, context, stand }) => {
  const server = await stand()
  const { anna, archive, chance } = await setOut(server)
  archive.add(anna.jid, peers, plan.messages, chance, now() - 100)
  archive.read()
  await server.prosody.fill(anna.user, archive.items)

  const visit = new Visit(context, server.url, archive.newest(opened))
  const started = Date.now()
  await visit.begin(page)
  await signIn(page, anna, server)
  await line(page, nameOf(opened)).click()
  await expect(bubbles(page).last()).toContainText(archive.newest(opened))
  await server.prosody.cut('forget', { user: anna.user })
  await expect(lines(page)).toHaveCount(archive.talks.size, { timeout: 300_000 })
  const looked = peers.slice(0, plan.looks)
  const steps = looked.reduce((sum, jid) => sum + archive.talks.get(jid)!.ids.length, 0) / rowsAStep
  const every = Math.max(1, Math.floor(steps / plan.interruptions))
  let turn = 1
  for (let step = 1; looked.length > 0; step++) {
    const [jid = ''] = looked
    if (await isAtBeginning(visit.open, jid)) looked.shift()
    if (step % every === 0 && turn < plan.interruptions) await interrupt(server, anna, visit, ++turn)
    if (step % 10 === 0) await visit.weigh(step % 50 === 0)
  }
  expect(turn).toBe(plan.interruptions)
  await conclude('new device', visit, archive, (Date.now() - started) / 1000, (jid) => peers.indexOf(jid) < plan.looks)
})

/** Opens the conversation, if it is not, and goes up as far as there are rows; true: at its beginning. */
async function isAtBeginning(page: Page, jid: string): Promise<boolean> {
  const link = line(page, nameOf(jid))
  if ((await link.getAttribute('aria-current')) === null) await link.click()
  await expect(bubbles(page).first()).toBeVisible()
  await page.locator('.timeline .viewport').evaluate(async (viewport) => {
    viewport.scrollTop = 0
    await new Promise((resolve) => requestAnimationFrame(resolve))
  })
  const again = page.getByRole('button', { name: 'Try again', exact: true })
  if (await again.isVisible()) await again.click({ timeout: 1_000 }).catch(() => undefined)
  return page.getByText('This is where the conversation begins.').isVisible()
}

/** Waits until so many texts are stored, and weighs the page meanwhile. */
async function grown(visit: Visit, count: number): Promise<void> {
  let round = 0
  const stored = async (): Promise<number> => {
    await visit.weigh(round++ % 20 === 19)
    return countOf(visit.open, 'message')
  }
  await expect.poll(stored, { timeout: 1_800_000, intervals: [500] }).toBeGreaterThanOrEqual(count)
}

/** What the server gives to somebody who only reads, page by page: no client can be faster. */
async function serverAlone(stand: Stand, account: Account): Promise<Record<string, number>> {
  const bot = await stand.peer(account, { available: false })
  const started = Date.now()
  const { length } = await bot.archive()
  return { 'messages a second, read by a bot': Math.round((length * 1000) / (Date.now() - started)) }
}

async function conclude(
  name: string,
  visit: Visit,
  archive: LongArchive,
  seconds: number,
  isWhole: (jid: string) => boolean,
  more: Record<string, number> = {},
): Promise<void> {
  await visit.weigh(true)
  await visit.collect()
  const { verdict, examples } = judge(archive, await keptBy(visit.open), isWhole)
  const gaps = (await rowsOf(visit.open, 'gap')).length
  const worst = Math.max(0, ...visit.tasks.map(([, duration]) => duration))
  const counts = {
    archived: archive.texts,
    ...verdict,
    'gaps marked': gaps,
    interruptions: plan.interruptions,
    'seconds to the newest screen':
      visit.newest === null ? 'never' : Math.round((visit.newest - visit.started) / 100) / 10,
    'messages a second': Math.round(verdict.stored / seconds),
    'heap MB, clean': Math.round(visit.kept),
    'heap MB, highest': Math.round(visit.peak),
    'progress went back': visit.backward,
    'tasks over 50 ms': visit.tasks.length,
    'longest task ms': Math.round(worst),
    ...more,
  }
  const held =
    Object.entries(bar).every(([what, value]) => counts[what as keyof typeof counts] === value) &&
    visit.peak <= heapBar &&
    visit.newest !== null &&
    visit.backward === 0
  report('R4', { case: `Chromium, ${name}`, held, on: ['prosody', 'chromium'], counts, seconds })
  expect({ ...counts, examples }).toMatchObject({ ...bar, 'progress went back': 0, examples: [] })
  expect(visit.newest).not.toBeNull()
  expect(visit.peak).toBeLessThanOrEqual(heapBar)
}
