// A Chromium of the test's own, as a person has it: tabs behind others are hidden and throttled, and the process of a tab can
// be killed. What Playwright starts itself takes every tab for visible.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from '@playwright/test'

export interface ChromiumOptions {
  readonly executablePath?: string
  readonly args?: string[]
}

export class OwnChromium {
  /** The person's profile; its first page is empty and keeps the browser open. */
  readonly context: BrowserContext
  readonly #program: ChildProcess
  readonly #browser: Browser
  readonly #hand: CDPSession

  private constructor(program: ChildProcess, browser: Browser, hand: CDPSession) {
    this.#program = program
    this.#browser = browser
    this.#hand = hand
    this.context = browser.contexts()[0]!
  }

  /** `profile`: an empty folder. */
  static async start({ executablePath, args = [] }: ChromiumOptions, profile: string): Promise<OwnChromium> {
    const own = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--window-size=1280,800']
    const program = spawn(executablePath ?? chromium.executablePath(), [...args, ...own, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    // A worker that is told to stop may have no time to close it.
    process.once('exit', () => program.kill('SIGKILL'))
    try {
      const browser = await chromium.connectOverCDP(await addressOf(program), { noDefaults: true })
      return new OwnChromium(program, browser, await browser.newBrowserCDPSession())
    } catch (error) {
      program.kill('SIGKILL')
      throw error
    }
  }

  /** A new tab in front of the others, or a window of its own. */
  async open(isWindow = false): Promise<Page> {
    if (!isWindow) return this.context.newPage()
    const [page] = await Promise.all([
      this.context.waitForEvent('page'),
      this.#hand.send('Target.createTarget', { url: 'about:blank', newWindow: true }),
    ])
    return page
  }

  /** The processes in which pages and workers run. */
  async renderers(): Promise<number[]> {
    const { processInfo } = await this.#hand.send('SystemInfo.getProcessInfo')
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  }

  /** In which of them a page runs: the one that works when the page does. The browser does not tell, so this may be wrong. */
  async rendererOf(page: Page): Promise<number> {
    const before = new Map((await this.renderers()).map((pid) => [pid, worked(pid)]))
    await page.evaluate(() => {
      let sum = 0
      for (let at = 0; at < 3e7; at++) sum += at % 7
      return sum
    })
    const gains = [...before].map(([pid, was]) => ({ pid, gain: worked(pid) - was }))
    return gains.reduce((most, each) => (each.gain > most.gain ? each : most)).pid
  }

  async close(): Promise<void> {
    const gone = this.#program.exitCode === null ? once(this.#program, 'exit') : Promise.resolve()
    await this.#hand.send('Browser.close').catch(() => this.#program.kill('SIGKILL'))
    const late = setTimeout(() => this.#program.kill('SIGKILL'), 5_000)
    await gone
    clearTimeout(late)
    await this.#browser.close().catch(() => undefined)
  }
}

/** Ends a process as the system does when it wants its memory back; one that is gone already is let be. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** ns that a process was at work, its first thread alone: that is where scripts run. */
function worked(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}

/** Where the browser listens; it says so on its error output. */
function addressOf(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    program.stderr!.on('data', (piece) => {
      said += piece
      const address = /listening on (ws:\S+)/.exec(said)?.[1]
      if (address) resolve(address)
    })
    program.once('error', reject)
    program.once('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said}`)))
  })
}
