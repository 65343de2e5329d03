// The page's process is killed at random moments: typing, sending, receiving, catching up, signing in and out. It is opened
// again each time, and what is there then is held against what the other side, the archive and the person know.
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import type { AppServer } from '../../tools/serve/app.mjs'
import { expect, type Account } from '../e2e/fixtures.ts'
import { converse, expectOnline, expectSignedOut, signIn, signOut, tryToSignIn } from '../e2e/person.ts'
import { rowsOf, traces } from '../e2e/store.ts'
import { kill } from './chromium.ts'
import { dice, type Dice } from './engine/dice.ts'
import { fillPast } from './history.ts'
import { Record } from './many-tabs-record.ts'
import type { Stage } from './many-tabs.ts'
import { sayHere } from './tab.ts'

export interface KilledPlan {
  readonly kills: number
  readonly seed: number
  /** Messages that are in the archive when catching up is interrupted. */
  readonly archived: number
}

/** With a second address of the app, where somebody else signs in and out. */
export interface KilledStage extends Stage {
  readonly second: AppServer
  readonly dora: Account
}

const moments = ['typing', 'sending', 'receiving', 'catching up', 'signing in', 'signing out'] as const
type Moment = (typeof moments)[number]

/** ms that a page may take to come back, on a machine with much to do. */
const patience = 60_000

export class Killed {
  readonly record = new Record()
  /** ms before its process died that a person had typed the oldest letter that is gone. */
  readonly draftLosses: number[] = []
  /** Signing in or out that ended as neither. */
  readonly halves: string[] = []
  readonly #stage: KilledStage
  readonly #plan: KilledPlan
  readonly #dice: Dice
  #page!: Page
  #url = ''
  #isSignedIn = false

  constructor(stage: KilledStage, plan: KilledPlan) {
    this.#stage = stage
    this.#plan = plan
    this.#dice = dice(plan.seed)
  }

  get page(): Page {
    return this.#page
  }

  async run(): Promise<void> {
    const { chromium, app, anna, bot } = this.#stage
    this.#page = await chromium.open()
    await signIn(this.#page, anna, app)
    await this.#tell('other')
    await converse(this.#page, bot.bare)
    this.#url = this.#page.url()
    for (let done = 0; done < this.#plan.kills; done++) {
      // Each in turn, so that the small size has them all.
      const moment = moments[done % moments.length]!
      this.record.count(moment)
      this.record.note(moment)
      await this.#die(moment)
    }
    await this.#arrive()
    await expectOnline(this.#page, patience)
  }

  #die(moment: Moment): Promise<void> {
    if (moment === 'typing') return this.#typing()
    if (moment === 'sending') return this.#sending()
    if (moment === 'receiving') return this.#receiving()
    if (moment === 'catching up') return this.#catchingUp()
    return moment === 'signing in' ? this.#signingIn() : this.#signingOut()
  }

  /** The conversation is on screen and can be typed in; the connection may still be on its way. */
  async #arrive(): Promise<void> {
    await expect(this.#page.locator('form.composer textarea')).toBeVisible({ timeout: patience })
  }

  /** Kills the process of every page and worker, and opens the address in a new tab. Answers when they died, ms since 1970. */
  async #again(page: Page, url: string): Promise<{ page: Page; at: number }> {
    const { chromium } = this.#stage
    const died = page.waitForEvent('crash', { timeout: patience })
    const pids = await chromium.renderers()
    const at = Date.now()
    for (const pid of pids) kill(pid)
    await died
    await page.close()
    return { page: await this.#openAlive(url), at }
  }

  /** The browser may give a new tab one of the processes that have just been killed: then it opens another one, as a person does. */
  async #openAlive(url: string, tries = 5): Promise<Page> {
    try {
      const next = await this.#stage.chromium.open()
      await next.goto(url)
      return next
    } catch (error) {
      if (tries === 1 || !/crashed/i.test(String(error))) throw error
      return this.#openAlive(url, tries - 1)
    }
  }

  async #reopen(): Promise<number> {
    const { page, at } = await this.#again(this.#page, this.#url)
    this.#page = page
    return at
  }

  async #typing(): Promise<void> {
    await this.#arrive()
    const begin = `draft ${this.draftLosses.length}:`
    const typed: { text: string; at: number }[] = []
    const end = Date.now() + this.#dice.between(0, 2_500)
    for (let text = begin; Date.now() < end || typed.length === 0; text += 'x') {
      typed.push({ text, at: await this.#page.evaluate(typeHere, text) })
      await pause(this.#dice.between(20, 150))
    }
    const at = await this.#reopen()
    await this.#arrive()
    const kept = await this.#page.locator('form.composer textarea').inputValue()
    const gone = typed[typed.findIndex(({ text }) => text === kept) + 1]
    this.draftLosses.push(gone ? at - gone.at : 0)
    this.record.note(`${kept} of ${typed.at(-1)?.text}`)
  }

  /** Several texts in one row; the process dies with the first, between them, or with the last on the wire. */
  async #sending(): Promise<void> {
    await this.#arrive()
    const saying = (async () => {
      for (let left = 3; left > 0; left--) {
        const body = `anna ${this.record.wishes.length}`
        const said = this.#page.evaluate(sayHere, body).catch(() => null)
        this.record.wish(body, said)
        if ((await said) === null) return
      }
    })()
    await pause(this.#dice.between(0, 400))
    await this.#reopen()
    await saying
  }

  async #receiving(): Promise<void> {
    await this.#arrive()
    const telling = (async () => {
      for (let left = 30; left > 0; left--) await this.#tell(left % 3 === 0 ? 'other' : 'bot')
    })()
    await pause(this.#dice.between(0, 400))
    await this.#reopen()
    await telling
  }

  async #tell(who: 'bot' | 'other'): Promise<void> {
    const body = `${who} ${this.record[who].length}`
    this.record.said(who, body)
    await this.#stage[who].send(this.#stage.anna.jid, body)
  }

  async #catchingUp(): Promise<void> {
    const { prosody, anna, other, app } = this.#stage
    const count = this.#plan.archived
    const from = this.record.other.length
    const body = (at: number) => `other ${from + at}`
    // Nobody is there when it is said.
    app.setWeather({ refuse: true })
    app.cutAll()
    const past = { count, body, name: `past-${from}`, isOwn: () => false, end: Math.floor(Date.now() / 1000) }
    await fillPast(prosody, anna, { ...anna, jid: other.bare }, past)
    for (let at = 0; at < count; at++) this.record.said('other', body(at))
    app.setWeather({})
    await this.#reopen()
    await pause(this.#dice.between(100, 1_500))
    await this.#reopen()
  }

  async #signingIn(): Promise<void> {
    const { chromium, second, dora } = this.#stage
    const page = await chromium.open()
    await page.goto(second.url)
    if (this.#isSignedIn) await this.#out(page)
    await tryToSignIn(page, dora, { url: second.url })
    await pause(this.#dice.between(0, 1_200))
    await this.#judgeAccount(page, 'signing in')
  }

  async #signingOut(): Promise<void> {
    const { chromium, second, dora } = this.#stage
    const page = await chromium.open()
    await page.goto(second.url)
    if (this.#isSignedIn) await expectOnline(page, patience)
    else await signIn(page, dora, second)
    const leaving = signOut(page).catch(() => undefined)
    await pause(this.#dice.between(0, 600))
    await this.#judgeAccount(page, 'signing out')
    await leaving
  }

  async #out(page: Page): Promise<void> {
    await expectOnline(page, patience)
    await signOut(page)
    await expectSignedOut(page)
  }

  /** Signed in whole: online; or signed out whole: no trace. The other page died as well. */
  async #judgeAccount(killed: Page, moment: string): Promise<void> {
    const { page } = await this.#again(killed, this.#stage.second.url)
    const online = page.getByText('Connected', { exact: true })
    const out = page.getByRole('button', { name: 'Sign in', exact: true })
    await expect(online.or(out)).toBeAttached({ timeout: patience })
    this.#isSignedIn = await online.isVisible().then(async (is) => is || (await online.count()) > 0)
    if (this.#isSignedIn) {
      if ((await rowsOf(page, 'secret')).length === 0) this.halves.push(`${moment}: in, without a secret`)
    } else {
      const left = await traces(page)
      const databases = left.databases.filter((name) => name !== 'besedka:/')
      if (databases.length + left.buckets.length > 0)
        this.halves.push(`${moment}: out, and ${databases} ${left.buckets} stay`)
    }
    this.record.note(`${moment} ended ${this.#isSignedIn ? 'in' : 'out'}`)
    await page.close()
    await this.#page.close()
    this.#page = await this.#stage.chromium.open()
    await this.#page.goto(this.#url)
  }
}

/** Runs in the page: no closures. */
function typeHere(text: string): number {
  const field = document.querySelector<HTMLTextAreaElement>('form.composer textarea')
  if (!field) throw new Error('no composer')
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  return Date.now()
}
