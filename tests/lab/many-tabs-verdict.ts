// Judges what many tabs left behind: the disk, what is on screen in each of them, what the bots heard, the server's archive.
import { expect, type Page } from '../e2e/fixtures.ts'
import { said as onScreen } from '../e2e/person.ts'
import { messages, rowsOf, type Stored } from '../e2e/store.ts'
import type { Record, Wish } from './many-tabs-record.ts'
import type { Stage } from './many-tabs.ts'

export interface Verdict {
  lost: number
  twice: number
  misordered: number
  falselySent: number
  /** Tabs whose screen is not what is stored. */
  unlike: number
  examples: string[]
}

/** A tab that shows the conversation with the bot. */
export interface Screen {
  readonly name: string
  readonly page: Page
}

type Fault = 'lost' | 'twice' | 'misordered' | 'falselySent' | 'unlike'

/** Everything has come to rest, or time tells that it never will. */
export async function settled({ bot }: Stage, record: Record, page: Page): Promise<void> {
  const isDone = async () => {
    const stored = new Set((await messages(page)).map(({ body }) => body))
    const heard = new Set(bot.heard.map(({ body }) => body))
    return (
      (await rowsOf(page, 'outbox')).length === 0 &&
      [...record.bot, ...record.other].every((body) => stored.has(body)) &&
      record.wishes.every(({ body, storedAt }) => storedAt === null || (stored.has(body) && heard.has(body)))
    )
  }
  await expect
    .poll(isDone, { timeout: 60_000, intervals: [200] })
    .toBe(true)
    .catch(() => undefined)
}

export async function judge(stage: Stage, record: Record, tabs: readonly Screen[]): Promise<Verdict> {
  const verdict: Verdict = { lost: 0, twice: 0, misordered: 0, falselySent: 0, unlike: 0, examples: [] }
  const page = tabs[0]!.page
  const stored = await messages(page)
  const bodies = (isOwn: boolean, who: string) =>
    stored.flatMap(({ body, isOwn: own }) => (own === isOwn && body?.startsWith(`${who} `) ? [body] : []))
  const heard = stage.bot.heard.flatMap(({ body }) => (body?.startsWith('anna ') ? [body] : []))
  const mine = bodies(true, 'anna')
  compare(verdict, 'bot', record.bot, bodies(false, 'bot'))
  compare(verdict, 'other bot', record.other, bodies(false, 'other'))
  compareWishes(verdict, 'own', record.wishes, mine)
  compareWishes(verdict, 'heard by the bot', record.wishes, heard)
  // Of what may have been sent or not, disk and bot must tell the same.
  for (const body of mine) if (!heard.includes(body)) blame(verdict, 'falselySent', `${body} was not heard`)
  for (const body of heard) if (!mine.includes(body)) blame(verdict, 'lost', `${body} was heard and is not stored`)
  await compareArchive(verdict, stage, stored)
  await compareScreens(verdict, stage, stored, tabs)
  return verdict
}

function blame(verdict: Verdict, what: Fault, example: string): void {
  verdict[what]++
  if (verdict.examples.length < 12) verdict.examples.push(`${what}: ${example}`)
}

function compare(verdict: Verdict, where: string, expected: readonly string[], found: readonly string[]): void {
  for (const body of expected) if (!found.includes(body)) blame(verdict, 'lost', `${where}: ${body}`)
  twice(verdict, where, found)
  const places = found.map((body) => expected.indexOf(body))
  places.forEach((place, at) => {
    if (place < (places[at - 1] ?? -1)) blame(verdict, 'misordered', `${where}: ${found[at]} after ${found[at - 1]}`)
  })
}

function twice(verdict: Verdict, where: string, found: readonly string[]): void {
  found.forEach((body, at) => {
    if (found.indexOf(body) !== at) blame(verdict, 'twice', `${where}: ${body}`)
  })
}

/** What was stored before another text was begun stands before it; texts of two tabs at once have no order. */
function compareWishes(verdict: Verdict, where: string, wishes: readonly Wish[], found: readonly string[]): void {
  twice(verdict, where, found)
  const places = new Map(found.map((body, at) => [body, at]))
  for (const { body, storedAt } of wishes)
    if (storedAt !== null && !places.has(body)) blame(verdict, 'lost', `${where}: ${body}`)
  for (const [at, one] of wishes.entries())
    for (const next of wishes.slice(at + 1)) {
      const [first, second] = [places.get(one.body), places.get(next.body)]
      const isBefore = one.storedAt !== null && one.storedAt < next.from
      if (isBefore && first !== undefined && second !== undefined && first > second)
        blame(verdict, 'misordered', `${where}: ${next.body} before ${one.body}`)
    }
}

async function compareArchive(
  verdict: Verdict,
  { prosody, anna, bot }: Stage,
  stored: readonly Stored[],
): Promise<void> {
  const archive = await prosody.archive(anna.user, { with: bot.bare })
  const places = new Map(archive.map(({ id }, at) => [id, at]))
  const talk = stored.filter(({ body, archiveId }) => archiveId !== null && !body?.startsWith('other '))
  let last = -1
  for (const { body, archiveId } of talk) {
    const place = places.get(archiveId ?? '') ?? -1
    // A resend stands in the archive under a second id, so ids may lack here, but never stand in another order.
    if (place < last) blame(verdict, 'misordered', `archive: ${body}`)
    last = Math.max(last, place)
  }
}

/** The open conversation's last texts and the list's unread counts, in every tab; one that wakes has much to read first. */
async function compareScreens(verdict: Verdict, stage: Stage, stored: readonly Stored[], tabs: readonly Screen[]) {
  const talk = stored.flatMap(({ body }) => (body === null || body.startsWith('other ') ? [] : [body]))
  const rows = await rowsOf<{ jid: string; unread: number }>(tabs[0]!.page, 'conversation')
  const unread = rows.find(({ jid }) => jid === stage.other.bare)?.unread ?? 0
  if (unread !== stored.filter(({ body }) => body?.startsWith('other ')).length)
    blame(verdict, 'unlike', `${unread} unread are counted`)
  for (const tab of tabs) {
    // One that lies behind asks nobody what it missed until it is looked at.
    await tab.page.bringToFront()
    let fault: string | null = null
    const look = async () => (fault = await screenFault(tab.page, stage.other.bare, talk, unread))
    await expect
      .poll(look, { timeout: 20_000 })
      .toBe(null)
      .catch(() => undefined)
    if (fault !== null) blame(verdict, 'unlike', `${tab.name} ${fault}`)
  }
}

/** What this screen shows otherwise than it is stored; null: nothing. */
async function screenFault(page: Page, other: string, talk: readonly string[], unread: number): Promise<string | null> {
  const shown = (await onScreen(page)).slice(-50)
  const last = talk.slice(-50)
  const line = page.locator('a[data-conversation]').filter({ hasText: other.split('@')[0]! })
  const counted = (await line.locator('.count [aria-hidden]').allTextContents())[0] ?? '0'
  if (counted !== (unread > 999 ? '999+' : String(unread))) return `counts ${counted} of ${unread}`
  const at = last.findIndex((body, index) => shown[index] !== body)
  return at < 0 && shown.length === last.length ? null : `shows ${shown[at]} for ${last[at]}`
}
