// Updates the site under open tabs, a filled outbox and a draft, well and badly, and then counts: pages that did not come up,
// pages with code of two versions, drafts and messages lost. Used by update.spec.ts here and by a small one end to end.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, type Account, type Peer, type Server } from '../e2e/fixtures.ts'
import { composer, converse, expectOnline, list, say, signIn } from '../e2e/person.ts'
import { rowsOf } from '../e2e/store.ts'
import type { Dice } from './engine/dice.ts'
import { makeRelease, versionOf } from './release.ts'
import type { Place, Step, UpdateOutcome } from './update-step.ts'

export interface UpdateStage {
  context: BrowserContext
  page: Page
  server: Server
  /** The build. */
  root: string
  /** For releases made of it. */
  folder: string
  anna: Account
  boris: Account
  bot: Peer
  dice: Dice
}

const patience = 20_000
const told = 'A new version is ready.'
const notLoaded = 'This page could not be loaded.'

/** Goes through all steps. */
export async function runUpdates(stage: UpdateStage, steps: readonly Step[]): Promise<UpdateOutcome> {
  const site = new Site(stage)
  await site.open()
  for (const step of steps) await site.take(step)
  await site.settle()
  return site.outcome
}

class Site {
  readonly outcome: UpdateOutcome
  readonly #stage: UpdateStage
  #tabs: Page[]
  #number = 0
  #draft = ''
  readonly #said: string[] = []
  #conversation = ''

  constructor(stage: UpdateStage) {
    this.#stage = stage
    this.#tabs = [stage.page]
    const counts = { damaged: 0, poisoned: 0, looks: 0, broken: 0, mixed: 0, untold: 0, unapplied: 0, draftsLost: 0 }
    this.outcome = { updates: 0, ...counts, sent: 0, lost: 0, twice: 0, misordered: 0 }
  }

  async open(): Promise<void> {
    const { server, page, anna, boris } = this.#stage
    this.#deploy()
    await signIn(page, anna, server)
    await converse(page, boris.jid)
    this.#conversation = page.url()
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  }

  /** The old files are gone from the host in the same moment. */
  #deploy(): void {
    const { root, folder, server, dice } = this.#stage
    const to = join(folder, String(this.#number))
    makeRelease(root, to, this.#number, () => dice.roll() < 0.5)
    server.setRoot(to)
    rmSync(join(folder, String(this.#number - 1)), { recursive: true, force: true })
  }

  async take(step: Step): Promise<void> {
    const { server, dice } = this.#stage
    for (const place of step.opens) if (this.#tabs.length < 5) await this.#openTab(place)
    if (step.queued > 0) {
      server.setWeather({ refuse: true })
      server.cut()
    }
    await this.#write(step.queued)
    this.#number += 1
    this.outcome.updates += 1
    if (step.fault) await this.#damage(step.fault)
    else this.#deploy()
    if (step.meanwhile !== 'nothing') server.setTrouble((path) => (/chunks\/.*[a-m]\.js$/.test(path) ? 'late' : null))
    const updating = this.#update(dice.pick(this.#tabs))
    await this.#disturb(step.meanwhile)
    await updating
    server.setTrouble(null)
    for (const tab of this.#tabs) await this.#expectTold(tab)
    await this.#apply(step.applied)
    server.setWeather({})
    for (const tab of [...this.#tabs]) await this.#walk(tab)
    while (this.#tabs.length > 3) await this.#tabs.splice(dice.between(0, this.#tabs.length - 1), 1)[0]?.close()
  }

  #addressOf(place: Place): string {
    const { url } = this.#stage.server
    return place === 'conversation' ? this.#conversation : place === 'settings' ? `${url}#/settings` : url
  }

  async #openTab(place: Place): Promise<Page> {
    const tab = await this.#stage.context.newPage()
    this.#tabs.push(tab)
    await tab.goto(this.#addressOf(place))
    await this.#look(tab)
    return tab
  }

  /** In one tab that shows the conversation: what waits to be sent, then what is not sent. */
  async #write(count: number): Promise<void> {
    const isOpen = await Promise.all(this.#tabs.map((tab) => composer(tab).isVisible()))
    const tab = this.#tabs.find((_, at) => isOpen[at]) ?? (await this.#openTab('conversation'))
    for (let at = 0; at < count; at++) {
      const text = `message ${this.#said.length}`
      await say(tab, text)
      this.#said.push(text)
    }
    this.#draft = `draft ${this.#number}`
    await composer(tab).fill(this.#draft)
  }

  /** Until one is installed, or the install failed: a look that began before the release was there finds nothing new. */
  async #update(tab: Page): Promise<void> {
    await tab
      .evaluate(async (most) => {
        const registration = await navigator.serviceWorker.getRegistration()
        for (const until = Date.now() + most; registration && Date.now() < until;) {
          await registration.update().catch(() => undefined)
          const worker = registration.installing
          if (worker) {
            await new Promise<void>((resolve) => {
              const look = () => worker.state !== 'installing' && resolve()
              worker.addEventListener('statechange', look)
              look()
            })
          }
          if (worker || registration.waiting) return
        }
      }, patience)
      // It was reloaded meanwhile.
      .catch(() => undefined)
  }

  /** The release comes with one file wrong; what was installed before must go on, and a start must come up. */
  async #damage(fault: 'missing' | 'cut' | 'page'): Promise<void> {
    const { server, dice } = this.#stage
    this.#deploy()
    const at = dice.between(0, 30)
    const paths: string[] = []
    let wrong: string | null = null
    server.setTrouble((path) => {
      if (!/^(index\.html|boot-theme\.js|_app\/immutable\/.*)$/.test(path)) return null
      if (paths.push(path) - 1 === at) wrong ??= path
      return path === wrong ? fault : null
    })
    this.outcome.damaged += 1
    await this.#update(dice.pick(this.#tabs))
    server.setTrouble(null)
    const isCached = await this.#tabs[0]!.evaluate(async (number) => {
      const registration = await navigator.serviceWorker.getRegistration()
      for (const name of await caches.keys())
        for (const response of await (await caches.open(name)).matchAll())
          if (/We will be back|export const half$/.test(await response.clone().text())) return true
      return number > 0 && registration?.active?.state !== 'activated'
    }, this.#number)
    if (isCached && wrong !== null) this.outcome.poisoned += 1
  }

  async #disturb(how: Step['meanwhile']): Promise<void> {
    const { dice, context } = this.#stage
    if (how === 'nothing') return
    const tab = dice.pick(this.#tabs)
    await new Promise((resolve) => setTimeout(resolve, dice.between(0, 300)))
    if (how === 'reload') await tab.reload()
    else {
      const session = await context.newCDPSession(tab)
      const loaded = tab.waitForEvent('load')
      await session.send('Page.reload', { ignoreCache: true })
      await loaded
      await session.detach()
    }
    await this.#look(tab)
  }

  async #releases(tab: Page): Promise<number[]> {
    return tab.evaluate(() => [...(globalThis.besedkaReleases ?? [])])
  }

  /** Who runs the newest version already has nothing to be told. */
  async #expectTold(tab: Page): Promise<void> {
    if ((await this.#releases(tab)).includes(this.#number)) return
    await expect(tab.getByText(told))
      .toBeVisible({ timeout: patience })
      .catch(() => {
        console.log(`not told at ${this.#number}: ${tab.url()}`)
        this.outcome.untold += 1
      })
  }

  async #apply(how: Step['applied']): Promise<void> {
    const { dice } = this.#stage
    if (how === 'later') return
    if (how === 'restart') {
      if (!(await this.#restart())) this.outcome.unapplied += 1
      return
    }
    const able = []
    for (const tab of this.#tabs) if (await tab.getByText(told).isVisible()) able.push(tab)
    if (able.length === 0) return
    const tab = dice.pick(able)
    const loaded = tab.waitForEvent('load', { timeout: patience }).catch(() => null)
    await tab.getByRole('button', { name: 'Update', exact: true }).click()
    await loaded
    await this.#look(tab)
    if (!(await this.#runs(tab))) this.outcome.unapplied += 1
  }

  /**
   * Closes all tabs and opens one, until that runs the new version; false: it never did. The browser lets a version in some time
   * after the last tab has gone, and nothing outside of a tab tells when.
   */
  async #restart(): Promise<boolean> {
    for (const until = Date.now() + patience; ;) {
      for (const tab of this.#tabs) await tab.close()
      this.#tabs = []
      const tab = await this.#openTab('conversation')
      if (await this.#runs(tab)) return true
      if (Date.now() > until) return false
    }
  }

  async #runs(tab: Page): Promise<boolean> {
    return (await this.#releases(tab)).includes(this.#number)
  }

  /** Whether the page came up, whole and of one release, with its draft. */
  async #look(tab: Page): Promise<void> {
    this.outcome.looks += 1
    await list(tab)
      .waitFor({ timeout: patience })
      .catch(() => undefined)
    const isWhole = (await list(tab).isVisible()) && !(await tab.getByText(notLoaded).isVisible())
    if (!isWhole) this.outcome.broken += 1
    if ((await this.#releases(tab)).length !== 1) this.outcome.mixed += 1
    if (!(await composer(tab).isVisible())) return
    await expect(composer(tab))
      .toHaveValue(this.#draft)
      .catch(() => (this.outcome.draftsLost += 1))
  }

  /** What loads code late: pages, dialogs and catalogues, in a tab that may be of an old release. */
  async #walk(tab: Page): Promise<void> {
    const go = async (address: string) => {
      await tab.evaluate((hash) => (location.hash = hash), new URL(address).hash || '#/')
      await this.#look(tab)
    }
    try {
      await go(this.#addressOf('settings'))
      await expect(tab.getByText(versionOf((await this.#releases(tab))[0] ?? -1))).toBeVisible()
      await tab.getByRole('combobox', { name: 'Language' }).selectOption('bg')
      await tab.getByRole('combobox').first().selectOption('en')
      await expect(tab.getByRole('combobox', { name: 'Language' })).toBeVisible()
      await go(this.#stage.server.url)
      await list(tab).getByRole('button', { name: 'New conversation' }).first().click()
      await expect(tab.getByRole('dialog')).toBeVisible()
      await tab.keyboard.press('Escape')
      await go(`${this.#conversation}/details`)
      await expect(
        tab.getByRole('button', { name: 'Remove contact' }).or(tab.getByText(this.#stage.boris.jid).first()),
      ).toBeVisible()
      await go(this.#conversation)
      await expect(composer(tab)).toHaveValue(this.#draft)
    } catch (error) {
      console.log(String(error).slice(0, 600))
      this.outcome.broken += 1
    }
  }

  async settle(): Promise<void> {
    const { bot, server } = this.#stage
    server.setWeather({})
    const tab = this.#tabs[0]!
    await expectOnline(tab, 90_000)
    await expect.poll(async () => (await rowsOf(tab, 'outbox')).length, { timeout: 60_000 }).toBe(0)
    const heard = () => bot.heard.flatMap(({ body }) => (body?.startsWith('message ') ? [body] : []))
    await expect
      .poll(() => new Set(heard()).size, { timeout: patience })
      .toBe(this.#said.length)
      .catch(() => undefined)
    const all = heard()
    this.outcome.sent = this.#said.length
    this.outcome.lost = this.#said.filter((text) => !all.includes(text)).length
    this.outcome.twice = all.length - new Set(all).size
    this.outcome.misordered = all.filter((text, at) => at > 0 && all.indexOf(this.#said[at - 1]!) > at).length
  }
}
