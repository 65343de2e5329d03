// Signs in, talks, signs out in many ways, and then looks whether the profile folder of the browser still holds anything
// of it. Used by wipe.spec.ts here and by a small one of the end-to-end tests.
import { randomBytes } from 'node:crypto'
import type { BrowserContext, BrowserType, Page } from '@playwright/test'
import type { Control } from '../../tools/prosody/control.mjs'
import { expect, type Account, type Peer, type Server } from '../e2e/fixtures.ts'
import { bubble, composer, converse, expectSignedOut, list, say, signIn, signOut } from '../e2e/person.ts'
import { rowsOf } from '../e2e/store.ts'
import { Watch } from '../e2e/watch.ts'
import type { Dice } from './engine/dice.ts'
import { keysOf, listenToSignIn, type Login } from './login-keys.ts'
import { killBrowser, killPages } from './process.ts'
import { findTraces, type Canary, type Trace } from './profile.ts'

/** One way to leave. What is not named is as usual: one tab, a network, a worker, buckets where the browser has them. */
export interface Variant {
  name: string
  /** Tabs beside the one that signed in; messages and drafts of theirs go by requests. */
  others?: number
  /** The person signs out in a tab that does not lead. */
  byFollower?: boolean
  /** No network while signing out, and a message that waits in the outbox. */
  isOffline?: boolean
  hasNoWorker?: boolean
  hasNoBucket?: boolean
  isPublic?: boolean
  /** The server has deleted the account meanwhile. */
  isDeleted?: boolean
  /** Who is killed (SIGKILL) a moment after signing out was confirmed; the next start has to finish it. */
  kill?: 'pages' | 'browser'
}

export interface WipeStage {
  browserType: BrowserType
  /** The profile's folder, empty. */
  folder: string
  server: Server
  prosody: Control
  peer: (account: Account) => Promise<Peer>
  /** For the moment of a kill. */
  dice: Dice
}

export interface WipeOutcome {
  /** Canaries that were planted, and how many of them lay in the profile while signed in: what shows that looking finds. */
  planted: number
  seen: number
  /** What was left when signing out was over; with `until-restart`, after the next start. */
  left: Trace[]
  /** Where the browser itself remembers what was typed into a form; no page can forbid it that. */
  remembered: string[]
  /** ms from the sign-in page until nothing was left; for a public computer and `until-restart` 0. */
  settled: number
  files: number
  megabytes: number
}

/**
 * Chromium's own memory of forms: that a password for this address could have been saved, and (not on a public computer,
 * where the field says so) what was typed as address, for the next sign-in and for restoring tabs after a crash.
 * Nothing but the address, and no file but these.
 */
function isOfBrowser({ canary, file }: Trace, isPublic: boolean): boolean {
  const files = isPublic ? /^Default\/Login Data$/ : /^Default\/(Login Data|Web Data|Sessions\/.*)$/
  return canary === 'own address' && files.test(file)
}

/** How long the browser may take to delete what it was told to, ms. */
const patience = 5_000

/** Runs one variant to its end. */
export async function runWipe(stage: WipeStage, variant: Variant): Promise<WipeOutcome> {
  const talk = new Talk(stage, variant)
  let context = await talk.launch()
  try {
    await talk.plant(context)
    const before = findTraces(stage.folder, talk.canaries)
    const seen = new Set(before.traces.map(({ canary }) => canary)).size
    context = await talk.leave(context)
    const page = context.pages().at(-1)!
    await expectSignedOut(page)
    const left = await talk.look()
    let { traces } = left
    if (variant.hasNoBucket) {
      await talk.close(context)
      context = await talk.launch()
      await (await context.newPage()).goto(stage.server.url)
      await expectSignedOut(context.pages().at(-1)!)
      await talk.close(context)
      traces = findTraces(stage.folder, talk.canaries).traces
    } else {
      // What was only in memory may be written at the end.
      await talk.close(context)
      traces = [...traces, ...findTraces(stage.folder, talk.canaries).traces]
    }
    const { files, bytes } = before
    const { isPublic = false } = variant
    const all = isPublic ? [...before.traces, ...traces] : traces
    return {
      planted: talk.canaries.length,
      seen,
      left: all.filter((trace) => !isOfBrowser(trace, isPublic)),
      remembered: [...new Set(all.filter((trace) => isOfBrowser(trace, isPublic)).map(({ file }) => file))],
      settled: variant.hasNoBucket ? 0 : left.took,
      files,
      megabytes: Math.round(bytes / 1e5) / 10,
    }
  } finally {
    await context.close().catch(() => undefined)
  }
}

/** Somebody in a profile of their own, with what they said and what must vanish. */
class Talk {
  readonly canaries: Canary[] = []
  readonly #stage: WipeStage
  readonly #variant: Variant
  /** Stands in everything that is planted, so that a look for it finds all. */
  readonly #tag = `c${randomBytes(6).toString('hex')}`
  readonly #password = `${this.#tag}-P4ss`

  constructor(stage: WipeStage, variant: Variant) {
    this.#stage = stage
    this.#variant = variant
  }

  async launch(): Promise<BrowserContext> {
    const { browserType, folder, server } = this.#stage
    const { hasNoWorker, hasNoBucket } = this.#variant
    const options = { serviceWorkers: hasNoWorker ? 'block' : 'allow' } as const
    const context = await browserType.launchPersistentContext(folder, options)
    await Watch.over(context, [server.origin])
    if (hasNoBucket)
      await context.addInitScript(() =>
        Object.defineProperty(Navigator.prototype, 'storageBuckets', { get: () => undefined }),
      )
    return context
  }

  async close(context: BrowserContext): Promise<void> {
    await Watch.of(context).verify()
    await context.close()
  }

  /** Signs in, and does everything that a person does. */
  async plant(context: BrowserContext): Promise<void> {
    const { prosody, server, peer } = this.#stage
    const own = await prosody.register(`${this.#tag}own`, this.#password)
    const other = await prosody.register(`${this.#tag}peer`, randomBytes(8).toString('hex'))
    await prosody.roster(own.user, [{ jid: other.jid, name: `${this.#tag} name` }])
    await prosody.roster(other.user, [{ jid: own.jid }])
    const bot = await peer(other)
    const page = context.pages()[0] ?? (await context.newPage())
    const heard = listenToSignIn(page)
    await signIn(page, own, { url: server.url, isPublic: this.#variant.isPublic ?? false })
    await converse(page, other.jid)
    await say(page, `${this.#tag} said by us`)
    await bot.send(own.jid, `${this.#tag} said by them`)
    await expect(bubble(page, 'said by them')).toBeVisible()
    this.#name(await heard, [
      ['password', this.#password],
      ['own address', own.jid],
      ['address of another', other.jid],
      ['name of another', `${this.#tag} name`],
      ['said by us', `${this.#tag} said by us`],
      ['said by them', `${this.#tag} said by them`],
      ['draft', `${this.#tag} draft`],
    ])
    for (let at = 0; at < (this.#variant.others ?? 0); at++) await this.#follow(context, page.url(), at)
    if (!this.#variant.hasNoWorker) await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    if (this.#variant.isOffline) {
      server.setWeather({ refuse: true })
      server.cut()
      await context.setOffline(true)
      await say(page, `${this.#tag} said offline`)
      this.#add('said offline', `${this.#tag} said offline`)
    }
    await this.#draft(page, `${this.#tag} draft`)
    if (this.#variant.isDeleted) await prosody.unregister(own.user)
  }

  /** Another tab, whose messages and drafts are requests to the one that leads. */
  async #follow(context: BrowserContext, url: string, at: number): Promise<void> {
    const tab = await context.newPage()
    await tab.goto(url)
    await say(tab, `${this.#tag} asked ${at}`)
    await this.#draft(tab, `${this.#tag} asked draft ${at}`)
    this.#add(`asked ${at}`, `${this.#tag} asked ${at}`)
    this.#add(`asked draft ${at}`, `${this.#tag} asked draft ${at}`)
  }

  /** Types something that is not sent, until it is stored; on a public computer nothing is. */
  async #draft(page: Page, text: string): Promise<void> {
    await composer(page).fill(text)
    await composer(page).blur()
    if (this.#variant.isPublic) return
    const stored = () => rowsOf<{ sealed: { body: { draft: string } } }>(page, 'conversation')
    await expect.poll(async () => (await stored()).map(({ sealed }) => sealed.body.draft)).toContain(text)
  }

  #name({ keys, tokens }: Login, texts: [string, string][]): void {
    for (const [name, text] of texts) this.#add(name, text)
    for (const token of tokens) this.#add('token', token)
    for (const [name, bytes] of Object.entries(keysOf(this.#password, keys))) this.canaries.push({ name, bytes })
  }

  #add(name: string, text: string): void {
    this.canaries.push({ name, bytes: Buffer.from(text) })
  }

  /** Signs out in the way of the variant; answers the context there is afterwards, on the sign-in page. */
  async leave(context: BrowserContext): Promise<BrowserContext> {
    const { byFollower, kill, isOffline } = this.#variant
    const tabs = context.pages()
    const tab = (byFollower ? tabs.at(-1) : tabs[0])!
    if (!kill) {
      await signOut(tab)
      for (const each of tabs) await expectSignedOut(each)
      const told = tab.getByText('once all its windows have been closed')
      if (!this.#variant.isPublic) await expect(told).toBeVisible({ visible: this.#variant.hasNoBucket ?? false })
      return context
    }
    const { folder, server, dice } = this.#stage
    await list(tab).getByRole('link', { name: 'Settings' }).click()
    await tab.getByRole('button', { name: 'Sign out' }).click()
    // A click waits for what it starts; the kill must come in the middle of it.
    const confirm = tab.getByRole('dialog').getByRole('button', { name: 'Sign out' })
    const at = dice.between(0, 60)
    const asked = confirm.evaluate((button: HTMLButtonElement) => setTimeout(() => button.click(), 50))
    await asked
    await new Promise((resolve) => setTimeout(resolve, 50 + at))
    if (kill === 'pages') {
      killPages(folder)
      // What the browser had been told by then it still does.
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    await killBrowser(folder)
    await context.close().catch(() => undefined)
    context = await this.launch()
    if (isOffline) server.setWeather({})
    const page = await context.newPage()
    await page.goto(server.url)
    // Killed before the wish was stored, nothing has happened; then the person does it again.
    const outside = page.getByRole('button', { name: 'Sign in', exact: true })
    await expect(outside.or(list(page).getByRole('link', { name: 'Settings' }))).toBeVisible()
    if (!(await outside.isVisible())) await signOut(page)
    return context
  }

  /** Looks until nothing is there, or patience ends. */
  async look(): Promise<{ traces: Trace[]; took: number }> {
    const started = Date.now()
    for (;;) {
      const { traces } = findTraces(this.#stage.folder, this.canaries)
      const isClean = traces.every((trace) => isOfBrowser(trace, this.#variant.isPublic ?? false))
      const took = Date.now() - started
      if (isClean || took > patience) return { traces, took }
    }
  }
}
