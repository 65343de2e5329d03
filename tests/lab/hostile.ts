// Shows hostile texts in every place of the real page that shows what others say, and looks whether they are text there.
// Which places, and how a text comes there: hostile/rounds.ts. The watch of the fixtures is half of it.
import type { Page } from '@playwright/test'
import { expect, type Account } from '../e2e/fixtures.ts'
import type { Control } from '../../tools/prosody/control.mjs'
import { canary, type Case } from './hostile/corpus.ts'
import { isPiled } from './hostile/expected.ts'
import { Meter, type Reading } from './hostile/meter.ts'
import { judged, settled, type Place } from './hostile/probe.ts'

/** Who sees, who says, and how the server is reached. */
export interface Scene {
  page: Page
  prosody: Control
  anna: Account
  /** A contact of hers; the conversation is there. */
  boris: Account
  /** Its opaque id. */
  conversation: string
  /** Stanzas the page sent, newest last; where the browser tells. */
  sent: string[]
  /** How often this text was tried before; a message that is the same in all is not shown again. */
  turn: number
}

/** Brings a text to some places, which it returns with what must stand there; null: it cannot come there. */
export type Step = (scene: Scene, one: Case) => Promise<readonly Place[] | null>

/** What is done with each text on one screen, in this order. */
export type Round = readonly Step[]

export interface Outcome {
  /** Texts in places that were looked at. */
  looks: number
  places: Map<string, number>
  faults: string[]
  /** ms of processor time of the main thread for each step of each text. */
  times: number[]
  /** ms of the longest task of each step, the least of several tries; and what it was. */
  tasks: { ms: number; what: string }[]
}

/** ms that one text may hold the page. */
export const mostTask = 50
/** So often a text that held the page is tried again: another program may have had the processor meanwhile. */
const mostTries = 4

export const nothing = (): Outcome => ({ looks: 0, places: new Map(), faults: [], times: [], tasks: [] })

/** Runs the texts through one screen. `isTimed`: takes the time of each, in Chromium only. */
export async function runRound(
  round: Round,
  scene: Scene,
  cases: readonly Case[],
  outcome: Outcome,
  { isTimed }: { isTimed: boolean },
): Promise<void> {
  const { page } = scene
  const meter = isTimed ? await Meter.on(page) : null
  const home = page.url().replace(/#.*/, '')
  for (const one of cases) {
    const best: Reading[] = []
    for (let turn = 0; turn < mostTries; turn++) {
      scene.turn = turn
      const readings = await runCase(round, scene, one, meter, turn === 0 ? outcome : nothing())
      readings.forEach((reading, at) => {
        if (best[at] === undefined || taskOf(reading) < taskOf(best[at])) best[at] = reading
      })
      if (!readings.some((_, at) => taskOf(best[at]!) > mostTask)) break
    }
    if (meter) outcome.times.push(...best.map(({ cpu }) => cpu))
    if (meter)
      outcome.tasks.push(...best.map((reading) => ({ ms: taskOf(reading), what: `${one.id} ${reading.step}` })))
    if (await page.evaluate((name) => name in window, canary.property)) outcome.faults.push(`${one.id}: it ran`)
    if (page.url().replace(/#.*/, '') !== home) throw new Error(`${one.id} led the page to ${page.url()}`)
  }
}

async function runCase(
  round: Round,
  scene: Scene,
  one: Case,
  meter: Meter | null,
  outcome: Outcome,
): Promise<Reading[]> {
  const readings: Reading[] = []
  for (const step of round) {
    await meter?.start()
    const places = await step(scene, one)
    if (places === null) continue
    await settled(scene.page, places)
    if (meter) readings.push(await meter.stop(places.map(({ name }) => name).join(', ')))
    const faults = await judged(scene.page, places, isPiled(one.text))
    outcome.faults.push(...faults.map((fault) => `${one.id}: ${fault}`))
    outcome.looks += places.length
    for (const { name } of places) outcome.places.set(name, (outcome.places.get(name) ?? 0) + 1)
  }
  return readings
}

/** No task is longer than all of them together by the processor's count, nor longer than the longest by the clock. */
function taskOf({ cpu, longest }: Reading): number {
  return longest === 0 ? Math.min(cpu, mostTask) : Math.min(cpu, longest)
}

/** A scene with one conversation, and dialogs of the browser noted as faults. */
export async function setScene(
  page: Page,
  prosody: Control,
  account: () => Promise<Account>,
  signIn: (page: Page, who: Account) => Promise<void>,
  faults: string[],
): Promise<Scene> {
  const [anna, boris] = [await account(), await account()]
  const sent: string[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))))
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await prosody.roster(anna.user, [{ jid: boris.jid, name: 'Boris' }])
  await signIn(page, anna)
  await prosody.inject(anna.jid, message(boris.jid, 'a harmless beginning'))
  const line = page.locator('a.item').first()
  await expect(line).toContainText('a harmless beginning')
  const conversation = (await line.getAttribute('data-conversation')) ?? ''
  return { page, prosody, anna, boris, conversation, sent, turn: 0 }
}

/** A message in client XML; its parts are escaped already. */
export function message(from: string, body: string, id = 'first'): string {
  return `<message xmlns="jabber:client" from="${from}" type="chat" id="${id}"><body>${body}</body></message>`
}

/** Middle, 99 % and worst of some numbers, in whole ms. */
export function spread(numbers: readonly number[]): { median: number; p99: number; worst: number } {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
  return { median: at(0.5), p99: at(0.99), worst: at(1) }
}
