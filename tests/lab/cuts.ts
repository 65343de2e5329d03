// Cuts the browser's connection at random moments while both sides talk, and then counts: nothing lost, nothing twice,
// nothing out of order. The same seed gives the same schedule.
import type { Page } from '@playwright/test'
import { expect, type Account, type Peer, type Stand } from '../e2e/fixtures.ts'
import { converse, expectOnline, signIn } from '../e2e/person.ts'
import { messages, rowsOf } from '../e2e/store.ts'
import { dice } from './engine/dice.ts'

export interface CutsPlan {
  /** Messages each way. */
  count: number
  cuts: number
  seed: number
  /** Part of the cuts, 0 to 1, after which the server has forgotten the session. Without an archive nobody can tell then. */
  forgetting: number
  /** ms between two messages of one side, on average. */
  pace: number
}

export interface CutsOutcome {
  seed: number
  cuts: number
  /** Sessions that were also forgotten by the server, so that nothing could be resumed. */
  forgotten: number
  sent: number
  received: number
  lost: number
  twice: number
  misordered: number
  uncertain: number
  seconds: number
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Types and sends inside the page, as fast as the page takes it: what a fast person, or a paste, does. */
async function talk(page: Page, count: number, pace: number): Promise<void> {
  await page.evaluate(
    async ({ count, pace }) => {
      const field = document.querySelector<HTMLTextAreaElement>('form.composer textarea')
      if (!field) throw new Error('no composer')
      for (let at = 0; at < count; at++) {
        field.value = `page ${at}`
        field.dispatchEvent(new Event('input', { bubbles: true }))
        await new Promise((resolve) => setTimeout(resolve, pace * 0.5))
        field.form?.requestSubmit()
        // The field is emptied when the message is stored.
        while (field.value !== '') await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    { count, pace },
  )
}

/** Runs the plan and counts. The server's archive, where there is one, is the order of truth. */
export async function runCuts(page: Page, stand: Stand, plan: CutsPlan): Promise<CutsOutcome> {
  const { roll } = dice(plan.seed)
  const [anna, boris] = [await stand.account(), await stand.account()]
  await stand.prosody.befriend(anna.user, boris.user)
  const bot = await stand.peer(boris)
  await signIn(page, anna, stand)
  await converse(page, boris.jid)
  const started = Date.now()
  let isOver = false
  let forgotten = 0
  const talking = Promise.all([talk(page, plan.count, plan.pace), botTalks(bot, anna, plan)]).finally(() => {
    isOver = true
  })
  const cutting = (async () => {
    const span = (plan.count * plan.pace) / plan.cuts
    for (let done = 0; done < plan.cuts; done++) {
      await pause(span * (0.3 + 1.4 * roll()))
      // Waits for a connection that there is something to cut of, but not for its being ready.
      while (stand.tunnel?.size === 0 && !isOver) await pause(20)
      if (roll() < plan.forgetting) {
        forgotten += await stand.prosody.cut('forget', { user: anna.user })
      }
      stand.cut()
    }
  })()
  await Promise.all([talking, cutting])
  await expectOnline(page, 90_000)
  await settle(page, bot, plan.count)
  return { ...(await count(page, bot, stand, anna, boris, plan)), forgotten, seconds: (Date.now() - started) / 1000 }
}

async function botTalks(bot: Peer, { jid }: Account, { count, pace }: CutsPlan): Promise<void> {
  for (let at = 0; at < count; at++) {
    await bot.send(jid, `bot ${at}`)
    await pause(pace)
  }
}

/** Until both sides have everything, or time tells that they never will; counting says which. */
async function settle(page: Page, bot: Peer, count: number): Promise<void> {
  await expect
    .poll(
      async () => (await rowsOf<{ state: string }>(page, 'outbox')).filter(({ state }) => state !== 'uncertain').length,
      {
        timeout: 60_000,
      },
    )
    .toBe(0)
  const hasAll = async () =>
    new Set(bot.heard.map(({ body }) => body).filter((body) => body?.startsWith('page '))).size >= count &&
    (await messages(page)).filter(({ isOwn }) => !isOwn).length >= count
  await expect
    .poll(hasAll, { timeout: 20_000 })
    .toBe(true)
    .catch(() => undefined)
}

async function count(page: Page, bot: Peer, stand: Stand, anna: Account, boris: Account, plan: CutsPlan) {
  const all = await messages(page)
  const heard = bot.heard.filter(({ body }) => body?.startsWith('page '))
  const wanted = (who: string) => Array.from({ length: plan.count }, (_, at) => `${who} ${at}`)
  const bodies = (isOwn: boolean) => all.filter((each) => each.isOwn === isOwn).map(({ body }) => body ?? '')
  const hasArchive = all.some(({ archiveId }) => archiveId !== null)
  const archived = hasArchive ? await stand.prosody.archive(anna.user, { with: boris.jid }) : []
  const ids = archived.map(({ id }) => id)
  const stored = all.map(({ archiveId }) => archiveId ?? '').filter((id) => id !== '')
  // A resend has the same origin id under another archive id, so ids may lack in the store, never stand in another order.
  const places = stored.map((id) => ids.indexOf(id))
  const sides = [bodies(false), bodies(true), heard.map(({ body }) => body ?? '')]
  const expected = [wanted('bot'), wanted('page'), wanted('page')]
  const lost = sides.map((side, at) => (expected[at] ?? []).filter((body) => !side.includes(body)).length)
  const twice = sides.map((side) => side.length - new Set(side).size)
  return {
    seed: plan.seed,
    cuts: plan.cuts,
    sent: new Set(sides[2]).size,
    received: new Set(sides[0]).size,
    lost: sum(lost),
    twice: sum(twice),
    misordered: descents(places) + sum(sides.map((side) => descents(side.map((body) => Number(body.split(' ')[1]))))),
    uncertain: all.filter(({ status }) => status === 'uncertain').length,
  }
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)

/** How often a number is smaller than the one before it. */
function descents(numbers: number[]): number {
  return numbers.filter((each, at) => at > 0 && each < (numbers[at - 1] ?? 0)).length
}
