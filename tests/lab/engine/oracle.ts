// Compares what both sides said with what both sides have: the device's disk, the bot's memory, the server's archive.
import { textOf } from '#model/message.ts'
import type { Control } from '../../../tools/prosody/control.mjs'
import type { Person, Tab } from './device.ts'

export interface Verdict {
  /** Said by one side and not with the other, or not with the one who said it. */
  lost: number
  /** Had more than once where once was said. */
  twice: number
  /** Neighbours in the wrong order: the archive's order, and for each sender the order of queueing. */
  misordered: number
  /** Shown as sent, and the other side never got it. */
  falselySent: number
  /** "May have been sent": the person is asked. */
  uncertain: number
  /** Taken by the server from the other side, and then kept and told by nobody: its loss, not counted as `lost`. */
  dropped: number
  /** Neighbours that the server itself put into the wrong order, not counted as `misordered`. */
  reordered: number
  /** Done once more by a session that the server had given up, long after it was sent again; not counted as `twice`. */
  late: number
  /** The first few of what is wrong, for the one who reads it. */
  examples: string[]
}

/** What the server itself did to what it had taken; no client can know of it. */
export interface ServerFaults {
  /** What it did not keep. */
  readonly forgotten?: ReadonlySet<string>
  /** What the bot said, in the order in which the server told or keeps it; without it, the order of saying. */
  readonly order?: readonly string[]
  /** What became of a text of the device on the wire, for the one who reads the verdict. */
  readonly storyOf?: (body: string) => string
  /** To how many sessions the device wrote it that were lost without an answer, so that it had to be written again. */
  readonly orphaned?: ReadonlyMap<string, number>
}

export interface Said {
  readonly device: readonly string[]
  readonly bot: readonly string[]
}

/**
 * `server`: null where no archive is kept. Bodies must be unlike each other.
 */
export async function judge(
  tab: Tab,
  bot: { readonly heard: readonly { readonly body: string | undefined }[] },
  people: { device: Person; bot: Person },
  said: Said,
  server: Control | null,
  { forgotten = new Set(), order = said.bot, orphaned = new Map(), storyOf = () => '' }: ServerFaults = {},
): Promise<Verdict> {
  const stored = await tab.messages(people.bot.jid)
  const verdict: Verdict = {
    lost: 0,
    twice: 0,
    misordered: 0,
    falselySent: 0,
    uncertain: 0,
    dropped: 0,
    reordered: 0,
    late: 0,
    examples: [],
  }
  const uncertain = new Set(stored.flatMap((each) => (each.delivery?.status === 'uncertain' ? [textOf(each)] : [])))
  verdict.uncertain = uncertain.size
  // What is uncertain stands at the end, in nobody's order.
  const bodies = (isOwn: boolean): string[] =>
    stored
      .map((each) => (each.isOwn === isOwn ? (textOf(each) ?? '') : ''))
      .filter((body) => body !== '' && !uncertain.has(body))
  const mine = new Set(said.device)
  const told = bot.heard.flatMap(({ body }) => (body !== undefined && mine.has(body) ? [body] : []))
  // The copy that was sent again stands where the person's words stand; the other comes when its session wakes.
  const copies = new Map<string, number>()
  const heard = told.filter((body) => {
    const copy = copies.get(body) ?? 0
    copies.set(body, copy + 1)
    return copy === 0 || copy > (orphaned.get(body) ?? 0)
  })
  verdict.late = told.length - heard.length
  for (const [body, count] of copies) if (count > 1) console.log(`${body}, ${count} times: ${storyOf(body)}`)
  const certain = said.device.filter((body) => !uncertain.has(body))
  compare(verdict, 'device keeps its own', certain, bodies(true))
  const kept = said.bot.filter((body) => !forgotten.has(body))
  verdict.dropped = said.bot.length - kept.length
  compare(verdict, 'device has the bot’s', kept, bodies(false), order)
  compare(
    verdict,
    'bot has the device’s',
    certain.filter((body) => !forgotten.has(body)),
    heard.filter((body) => !uncertain.has(body)),
    undefined,
    storyOf,
  )
  const got = new Set(heard)
  const false_ = stored.filter(
    (each) =>
      each.isOwn &&
      ['sent', 'delivered', 'displayed'].includes(each.delivery?.status ?? '') &&
      !got.has(textOf(each) ?? '') &&
      !forgotten.has(textOf(each) ?? ''),
  )
  verdict.falselySent = false_.length
  if (server !== null)
    await compareArchive(
      verdict,
      server,
      people,
      stored.map((each) => each.archiveId),
    )
  return verdict
}

function compare(
  verdict: Verdict,
  where: string,
  expected: readonly string[],
  found: readonly string[],
  order: readonly string[] = expected,
  storyOf: (body: string) => string = () => '',
): void {
  const has = new Set(found)
  const missing = expected.filter((body) => !has.has(body))
  verdict.lost += missing.length
  verdict.twice += found.length - has.size
  const places = new Map(expected.map((body, at) => [body, at]))
  const told = new Map(order.map((body, at) => [body, at]))
  const isBefore = (of: Map<string, number>, at: number): boolean =>
    at > 0 && (of.get(found[at] ?? '') ?? -1) < (of.get(found[at - 1] ?? '') ?? -1)
  const wrongAt = found.flatMap((_, at) => (isBefore(places, at) ? at : []))
  const faults = wrongAt.filter((at) => isBefore(told, at))
  const wrong = faults.length
  verdict.misordered += wrong
  verdict.reordered += wrongAt.length - wrong
  if (missing.length > 0) verdict.examples.push(`${where}: ${missing.length} lost, first ${missing[0]}`)
  if (found.length > has.size)
    verdict.examples.push(`${where}: twice ${found.find((body, at) => found.indexOf(body) !== at)}`)
  const [at = 0] = faults
  if (wrong === 0) return
  verdict.examples.push(`${where}: ${wrong} out of order: ${found.slice(Math.max(0, at - 3), at + 3).join(', ')}`)
  for (const body of found.slice(Math.max(0, at - 1), at + 1)) verdict.examples.push(`${body}: ${storyOf(body)}`)
}

async function compareArchive(
  verdict: Verdict,
  server: Control,
  people: { device: Person; bot: Person },
  stored: readonly (string | null)[],
): Promise<void> {
  const archive = await server.archive(people.device.user, { with: people.bot.jid })
  const places = new Map(archive.map(({ id }, at) => [id, at]))
  // A resend stands in the archive under a second id, so ids may lack here, but never stand in another order.
  const found = stored.flatMap((id) => (id === null ? [] : [places.get(id) ?? -1]))
  const wrong = descents(found) + found.filter((at) => at < 0).length
  verdict.misordered += wrong
  if (wrong === 0) return
  const at = found.findIndex((place, index) => place < (found[index - 1] ?? -1) || place < 0)
  verdict.examples.push(
    `archive: ${wrong} out of its order, places ${found.slice(Math.max(0, at - 5), at + 5).join(' ')}`,
  )
}

/** How often a number is smaller than the one before it. */
function descents(numbers: readonly number[]): number {
  return numbers.filter((each, at) => at > 0 && each < (numbers[at - 1] ?? 0)).length
}

export const flawless = { lost: 0, twice: 0, misordered: 0, falselySent: 0 }
/** Of a server that does nothing wrong itself. */
export const blameless = { dropped: 0, reordered: 0, late: 0 }
