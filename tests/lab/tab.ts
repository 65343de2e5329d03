// One tab among many: it sleeps and wakes, is killed, says what the person types there, and hands out its notes.
import { setTimeout as pause } from 'node:timers/promises'
import type { CDPSession, Page } from '@playwright/test'
import { expect } from '../e2e/fixtures.ts'
import { expectOnline } from '../e2e/person.ts'
import { kill, type OwnChromium } from './chromium.ts'
import { keepNotes, type Notes } from './tab-notes.ts'

/** ms that a page that is awake may take to answer at all, on a machine with much to do. */
const patience = 20_000

export class Tab {
  readonly page: Page
  readonly name: string
  /** frozen: by its life cycle, as browsers do with hidden pages; held: by the debugger, as by a script that never ends. */
  state: 'awake' | 'frozen' | 'held' | 'gone' = 'awake'
  /** Since when it must show what is stored, ms since 1970. */
  awakeSince = Infinity
  isSaying = false
  readonly #hand: CDPSession
  readonly #chromium: OwnChromium

  private constructor(chromium: OwnChromium, page: Page, hand: CDPSession, name: string) {
    this.#chromium = chromium
    this.page = page
    this.#hand = hand
    this.name = name
    page.on('crash', () => this.#end())
  }

  /** Opens the address and waits until the connection is told to stand, where `isOnline`. */
  static async open(chromium: OwnChromium, url: string, name: string, how: { isWindow: boolean; isOnline: boolean }) {
    const page = await chromium.open(how.isWindow)
    await page.addInitScript(keepNotes)
    const tab = new Tab(chromium, page, await page.context().newCDPSession(page), name)
    await page.goto(url)
    await tab.#arrived(how.isOnline)
    return tab
  }

  get isAwake(): boolean {
    return this.state === 'awake'
  }

  async reload(isOnline: boolean): Promise<void> {
    this.awakeSince = Infinity
    await this.page.reload()
    await this.#arrived(isOnline)
  }

  async #arrived(isOnline: boolean): Promise<void> {
    await expect(this.page.locator('a[data-conversation]').first()).toBeAttached({ timeout: patience })
    if (isOnline) await expectOnline(this.page, patience)
    this.awakeSince = Date.now()
  }

  /** null: it sleeps, or is being loaded. */
  async notes(): Promise<Notes | null> {
    // The browser wakes a page that comes to the front because the one before it was closed.
    if (this.state === 'frozen' && !(await this.#ask<boolean>('window.tabNotes?.isFrozen() ?? false'))) this.#woke()
    if (!this.isAwake) return null
    const taken = this.page.evaluate(() => window.tabNotes?.take() ?? null).catch(() => null)
    return Promise.race([taken, pause(patience, null, { ref: false })])
  }

  /**
   * Between two transactions: a page that sleeps in one holds up the disk for all, so browsers let none sleep there. There is
   * such a moment only while nobody talks. Answers when it was, ms since 1970. @throws where there is none for long
   */
  async sleep(isVisible: boolean): Promise<number> {
    this.awakeSince = Infinity
    this.state = isVisible ? 'held' : 'frozen'
    // Who sleeps gives the lead away at once, also where it is woken and sent to sleep again.
    let first: number | null = null
    for (const until = Date.now() + patience; ;) {
      if (Date.now() > until) throw new Error(`${this.name} is always at work: ${(await this.work()).join(', ')}`)
      if ((await this.openWork()) === 0) {
        if (isVisible) await this.#hold()
        else await this.#hand.send('Page.setWebLifecycleState', { state: 'frozen' })
        first ??= Date.now()
        // What was on its way in it begins only now.
        await pause(100)
        if ((await this.openWork()) === 0) return first
        await this.#wake(isVisible)
      }
      await pause(50)
    }
  }

  async #hold(): Promise<void> {
    const held = new Promise<void>((resolve) => this.#hand.once('Debugger.paused', () => resolve()))
    await this.#hand.send('Debugger.enable')
    await this.#hand.send('Debugger.pause')
    // It stops at the next line of script: here is one.
    this.#hand.send('Runtime.evaluate', { expression: '0' }).catch(() => undefined)
    await held
  }

  /** Transactions under way; a page that sleeps tells, too. */
  async openWork(): Promise<number> {
    return this.#ask('window.tabNotes?.openWork() ?? 0')
  }

  /** Which they are. */
  async work(): Promise<string[]> {
    return this.#ask('window.tabNotes?.work() ?? []')
  }

  /** Also of one that sleeps. */
  async #ask<T>(expression: string): Promise<T> {
    const { result } = await this.#hand.send('Runtime.evaluate', { expression, returnByValue: true })
    return result.value as T
  }

  async wake(): Promise<void> {
    await this.#wake(this.state === 'held')
    this.#woke()
  }

  #woke(): void {
    this.state = 'awake'
    this.awakeSince = Date.now()
  }

  async #wake(wasHeld: boolean): Promise<void> {
    if (wasHeld) await this.#hand.send('Debugger.disable')
    else await this.#hand.send('Page.setWebLifecycleState', { state: 'active' })
  }

  /** Its process is ended by the system; what is left of the tab is closed. Answers when, ms since 1970. */
  async kill(): Promise<number> {
    let at = 0
    const died = new Promise<true>((resolve) => this.page.once('crash', () => resolve(true)))
    // A wrong guess kills another tab, which is as good; the right one is found in the end.
    for (let isDead = false; !isDead;) {
      const pid = await this.#chromium.rendererOf(this.page)
      at = Date.now()
      kill(pid)
      isDead = await Promise.race([died, pause(1_500, false, { ref: false })])
    }
    await this.page.close()
    return at
  }

  async close(): Promise<void> {
    this.#end()
    await this.page.close()
  }

  #end(): void {
    this.state = 'gone'
    this.awakeSince = Infinity
  }

  /** Types a text and sends it; resolves with when the field let go of it, ms since 1970, or null where the tab died over it. */
  async say(body: string): Promise<number | null> {
    this.isSaying = true
    try {
      return await this.page.evaluate(sayHere, body)
    } catch {
      return null
    } finally {
      this.isSaying = false
    }
  }
}

/** Types and sends a text; answers when the field let go of it, ms since 1970. Runs in the page: no closures. */
export async function sayHere(body: string): Promise<number> {
  const field = document.querySelector<HTMLTextAreaElement>('form.composer textarea')
  if (!field) throw new Error('no composer')
  field.value = body
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.form?.requestSubmit()
  // Another tab's draft may stand there next.
  while (field.value === body) await new Promise((resolve) => setTimeout(resolve, 5))
  return Date.now()
}
