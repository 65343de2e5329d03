// Up to eight tabs of one browser, opened, closed, put to sleep, woken, reloaded, killed and cut off at random while bots
// write and the person writes in any of them. What it all came to is counted in many-tabs-verdict.ts.
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext } from '@playwright/test'
import type { Control } from '../../tools/prosody/control.mjs'
import type { AppServer } from '../../tools/serve/app.mjs'
import { expect, type Account, type Peer } from '../e2e/fixtures.ts'
import { converse, expectOnline, signIn } from '../e2e/person.ts'
import type { OwnChromium } from './chromium.ts'
import { dice, type Dice } from './engine/dice.ts'
import { Tab } from './tab.ts'
import { Record } from './many-tabs-record.ts'

export interface ManyTabsPlan {
  readonly operations: number
  readonly seed: number
  /** ms between two messages of the bot whose conversation is open; the other bot and the person take thrice as long. */
  readonly pace: number
}

/** Who and what takes part. `other`: a bot whose conversation nobody opens, so that what it says stays unread. */
export interface Stage {
  readonly chromium: OwnChromium
  readonly app: AppServer
  readonly prosody: Control
  readonly anna: Account
  readonly bot: Peer
  readonly other: Peer
}

const most = 8
/** ms that a takeover is waited for. */
const patience = 20_000

const weights = { open: 26, close: 6, sleep: 16, wake: 20, reload: 8, front: 12, kill: 8, network: 4 }
type Operation = keyof typeof weights

export class ManyTabs {
  readonly record = new Record()
  readonly #stage: Stage
  readonly #plan: ManyTabsPlan
  readonly #dice: Dice
  #tabs: Tab[] = []
  #opened = 0
  #offlineFor = 0
  #isOver = false
  /** A tab is to fall asleep. */
  #isHushed = false
  #url = ''

  constructor(stage: Stage, plan: ManyTabsPlan) {
    this.#stage = stage
    this.#plan = plan
    this.#dice = dice(plan.seed)
  }

  get tabs(): readonly Tab[] {
    return this.#tabs
  }

  /** Signs in and opens the conversation with the bot in a first tab; returns when the app is stored for times without a network. */
  async begin(): Promise<void> {
    const { chromium, app, anna, bot, other } = this.#stage
    const page = await chromium.open()
    await signIn(page, anna, app)
    await other.send(anna.jid, 'other 0')
    this.record.said('other', 'other 0')
    await converse(page, bot.bare)
    this.#url = page.url()
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await page.close()
    await this.#open()
  }

  /** Carries out the plan; at the end every tab is awake, the network there, and all sides silent. */
  async run(): Promise<void> {
    const { prosody, anna, app } = this.#stage
    const watching = this.record.watchStreams(prosody, anna, app, () => this.#isOver)
    const talking = [this.#botTalks('bot', 1), this.#botTalks('other', 3), this.#personTalks()]
    try {
      for (let done = 0; done < this.#plan.operations; done++) {
        await pause(this.#dice.between(0, 300))
        await this.#operate()
        await this.harvest()
        if ((done + 1) % 100 === 0) console.log(`${done + 1} operations`)
      }
    } finally {
      this.#isOver = true
    }
    await Promise.all(talking)
    await this.#settle()
    await watching
  }

  /** How each tab stands, for the one who reads why a run went wrong. */
  async standing(): Promise<string[]> {
    const words = ({ page, isAwake }: Tab) =>
      isAwake ? page.locator('header .visually-hidden').first().textContent({ timeout: 2_000 }) : Promise.resolve('')
    return Promise.all(
      this.#tabs.map(async (tab) => {
        const notes = await this.record.take(tab)
        return `${tab.name} ${tab.state}, open: ${(await tab.work()).join(', ')}; ${await words(tab).catch(String)}, ${JSON.stringify(notes)}`
      }),
    )
  }

  async harvest(): Promise<void> {
    await Promise.all(this.#tabs.map((tab) => this.record.take(tab)))
  }

  async #settle(): Promise<void> {
    await this.#setOffline(false)
    for (const tab of this.#tabs) if (!tab.isAwake) await this.#wake(tab)
    if (this.#tabs.length === 0) await this.#open()
    for (const tab of this.#tabs) await expectOnline(tab.page, 60_000)
    await expect.poll(() => this.#tabs.some((tab) => tab.isSaying), { timeout: 60_000 }).toBe(false)
    await this.harvest()
  }

  async #botTalks(who: 'bot' | 'other', slowness: number): Promise<void> {
    for (let at = 1; !this.#isOver; at++) {
      this.record.said(who, `${who} ${at}`)
      await this.#stage[who].send(this.#stage.anna.jid, `${who} ${at}`)
      do await pause(this.#plan.pace * slowness)
      while (this.#isHushed)
    }
  }

  async #personTalks(): Promise<void> {
    while (!this.#isOver) {
      await pause(this.#plan.pace * 3)
      const ready = this.#isHushed ? [] : this.#tabs.filter((tab) => tab.awakeSince < Infinity && !tab.isSaying)
      if (ready.length > 0) this.#say(this.#dice.pick(ready))
    }
  }

  #say(tab: Tab): void {
    const body = `anna ${this.record.wishes.length}`
    this.record.wish(body, tab.say(body))
  }

  async #operate(): Promise<void> {
    if (this.#offlineFor > 0 && --this.#offlineFor === 0) return this.#setOffline(false)
    for (const tab of this.#tabs.filter(({ state }) => state === 'gone')) await tab.page.close()
    this.#tabs = this.#tabs.filter(({ state }) => state !== 'gone')
    const asleep = this.#tabs.filter((tab) => !tab.isAwake)
    const awake = this.#tabs.filter((tab) => tab.isAwake)
    const operation = awake.length > 0 ? this.#pick() : this.#tabs.length < most ? 'open' : 'wake'
    this.record.count(operation)
    if (operation === 'open') return this.#tabs.length < most ? this.#open() : this.#leave('close')
    if (operation === 'network') return this.#setOffline(this.#offlineFor === 0)
    if (operation === 'wake') return asleep.length > 0 ? this.#wake(this.#dice.pick(asleep)) : undefined
    if (operation === 'front') return this.#front(this.#dice.pick(this.#tabs))
    return this.#leave(operation)
  }

  #pick(): Operation {
    let left = this.#dice.between(
      1,
      Object.values(weights).reduce((sum, each) => sum + each),
    )
    for (const [name, weight] of Object.entries(weights)) if ((left -= weight) <= 0) return name as Operation
    return 'open'
  }

  async #open(): Promise<void> {
    const isWindow = this.#opened > 0 && this.#dice.roll() < 0.2
    const name = `tab ${++this.#opened}`
    this.record.note(`open ${name}${isWindow ? ' in a window' : ''}`)
    this.#tabs.push(await Tab.open(this.#stage.chromium, this.#url, name, { isWindow, isOnline: this.#isOnline }))
  }

  async #wake(tab: Tab): Promise<void> {
    this.record.note(`wake ${tab.name}, ${tab.state}`)
    await tab.wake()
  }

  async #front(tab: Tab): Promise<void> {
    this.record.note(`front ${tab.name}, ${tab.state}`)
    // A frozen page that comes to the front is woken by the browser.
    if (tab.state === 'frozen') await tab.wake()
    await tab.page.bringToFront()
  }

  get #isOnline(): boolean {
    return this.#offlineFor === 0
  }

  async #setOffline(isOffline: boolean): Promise<void> {
    const { app, chromium } = this.#stage
    this.record.note(isOffline ? 'offline' : 'online')
    this.#offlineFor = isOffline ? this.#dice.between(1, 3) : 0
    app.setWeather(isOffline ? { refuse: true } : {})
    if (isOffline) app.cutAll()
    await cutOff(chromium.context, isOffline)
  }

  /** A tab goes, for good or for a while; where it led, the time until another one does is taken. */
  async #leave(how: 'close' | 'sleep' | 'reload' | 'kill'): Promise<void> {
    const all = await this.#notes()
    const leader = all.find(({ notes }) => notes.isLeader)
    const isLed = leader !== undefined && this.#dice.roll() < 0.6
    const chosen = isLed ? leader : all.length > 0 ? this.#dice.pick(all) : undefined
    if (!chosen) return
    const { tab, notes } = chosen
    const heirs = this.#tabs.filter((each) => each !== tab && (each.awakeSince < Infinity || each.state === 'frozen'))
    // Somebody asks something of a leader that is about to die.
    const asking = heirs.filter((heir) => heir.isAwake && !heir.isSaying)
    if (chosen === leader && asking.length > 0 && this.#dice.roll() < 0.5) this.#say(this.#dice.pick(asking))
    const kind = `${notes.visibleSince === null ? 'hidden' : 'visible'}${chosen === leader ? ' leader' : ''}`
    this.record.note(`${how} ${tab.name}, ${kind}`)
    const at = await this.#end(tab, how, notes.visibleSince !== null)
    const isUnmeasured = !this.#isOnline || this.#dice.roll() < 0.1
    if (chosen === leader) this.record.leaderless.push([at - 200, at + 3_000])
    if (chosen !== leader || isUnmeasured) return
    // One that is loaded anew may be the quickest to lead again.
    await this.#takeover(at, how === 'kill' ? 'killed' : how === 'sleep' ? tab.state : 'left', [
      ...heirs,
      ...(how === 'reload' ? [tab] : []),
    ])
  }

  async #notes() {
    const taken = await Promise.all(this.#tabs.map(async (tab) => ({ tab, notes: await this.record.take(tab) })))
    return taken.flatMap(({ tab, notes }) => (notes ? [{ tab, notes }] : []))
  }

  /** Answers when it happened, ms since 1970. */
  async #end(tab: Tab, how: 'close' | 'sleep' | 'reload' | 'kill', isVisible: boolean): Promise<number> {
    this.record.forget(tab)
    if (how === 'close' || how === 'kill') this.#tabs = this.#tabs.filter((each) => each !== tab)
    const at = Date.now()
    if (how === 'kill') return tab.kill()
    if (how === 'close') await tab.close()
    if (how === 'reload') await tab.reload(false)
    if (how === 'sleep') {
      this.#isHushed = true
      return tab.sleep(isVisible).finally(() => (this.#isHushed = false))
    }
    return at
  }

  /** Waits until another tab leads and is caught up, as far as one of those that were awake can be seen. */
  async #takeover(lost: number, how: string, heirs: readonly Tab[]): Promise<void> {
    const end = Date.now() + patience
    let [seenSince, led] = [Infinity, Infinity]
    while (Date.now() < end) {
      for (const tab of heirs) {
        const notes = await this.record.take(tab)
        if (notes?.visibleSince) seenSince = Math.min(seenSince, notes.visibleSince)
        // Told once, and perhaps before the one that can be seen is asked.
        led = Math.min(led, ...(notes?.led.filter((at) => at > lost) ?? []))
      }
      if (led < Infinity) this.record.leaderless.push([lost, led + 100])
      if (led < Infinity && seenSince < Infinity) return this.record.tookOver(how, led - Math.max(lost, seenSince))
      // Where nobody looks, nobody waits.
      if (seenSince === Infinity && Date.now() > lost + 1_000) return
      await pause(30)
    }
    this.record.tookOver(how, patience)
    for (const line of await this.standing()) this.record.note(line)
    console.log(`nobody took over:\n${this.record.trail.slice(-30).join('\n')}`)
  }
}

/** Pages that are asleep take it when they wake. */
async function cutOff(context: BrowserContext, isOffline: boolean): Promise<void> {
  await Promise.race([context.setOffline(isOffline), pause(1_000, undefined, { ref: false })])
}
