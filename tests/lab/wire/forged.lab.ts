// Thousands of variants of the forged stanzas, with the addresses, types and ids of everybody in every place. An oracle that
// knows the standards, and nothing of the product, says what each may change; whatever else changes was accepted from a forger.
import { expect, it } from 'vitest'
import type { Contact } from '#model/contact.ts'
import { dice, type Dice } from '../engine/dice.ts'
import { report } from '../report.ts'
import { seed, size } from '../size.ts'
import { changesOf, forbidden } from './allowed.ts'
import { filled, forgeries, leaks, people, type Answer, type Forgery } from './corpus.ts'
import { bare, rightsOf, type Known } from './rights.ts'
import { sentTo, Situation, type Open, type Snapshot } from './situation.ts'
import { variantOf } from './variants.ts'

const plan = { variants: size === 'full' ? Number(process.env['LAB_VARIANTS'] ?? 10_000) : 300, perSituation: 100 }

/** What the oracle is told; the same that the person in the situation knows. */
function known(situation: Situation, open: Open | null, before: Snapshot): Known {
  const { ids } = situation
  const set = (is: boolean, id: string | undefined): ReadonlySet<string> => new Set(is && id !== undefined ? [id] : [])
  return {
    self: people['self'] ?? '',
    full: people['full'] ?? '',
    contacts: new Set([people['contact'] ?? '', people['other'] ?? '']),
    sent: sentTo(before),
    queries: set(open === 'archive-query-open', ids['query']),
    asked: set(open === 'roster-query-open', ids['asked']),
  }
}

interface Tally {
  variants: number
  /** Where the oracle allows something, and something changed: the positive control. */
  rightful: number
  readonly accepted: string[]
  readonly leaked: string[]
}

/** Variants of stanzas with this setup. */
async function play(
  open: Open | null,
  cases: readonly Forgery[],
  count: number,
  chance: Dice,
  tally: Tally,
): Promise<void> {
  let situation = await Situation.make(open)
  let before = await situation.snapshot()
  for (let i = 0; i < count;) {
    const variant = variantOf(chance.pick(cases).stanza, chance)
    if (variant === null) continue
    i++
    const stanza = filled(variant, situation)
    const { frames } = situation.stage
    const said = frames.stanzas.length
    const allowed = rightsOf(stanza, known(situation, open, before))
    await situation.hear(stanza)
    if (open !== null && frames.isOpen) await situation.close()
    const after = await situation.snapshot()
    tally.variants++
    const wrong = forbidden(before, after, allowed)
    if (wrong.length > 0) tally.accepted.push(`${stanza}\n  ${wrong.join('\n  ')}`)
    const isChanged = changesOf(before, after).length > 0
    if (isChanged && wrong.length === 0) tally.rightful++
    const told = leaks(frames.stanzas.slice(said), stanza, answersTo(stanza, before))
    tally.leaked.push(...told.map((frame) => `${frame} to ${stanza}`))
    before = after
    // Whatever it was, the next one finds a session that works.
    if (open === null && frames.isOpen && i % plan.perSituation !== 0) continue
    if (open === null) {
      situation.end()
      situation = await Situation.make()
    } else if (isChanged || i % plan.perSituation === 0) {
      // What was rightly answered once is answered otherwise by the true server next.
      situation.end()
      situation = await Situation.make(open)
    } else {
      await situation.stage.online()
      await situation.open(open)
    }
    before = await situation.snapshot()
  }
  situation.end()
}

/** Contacts who may see us, our account and our server are answered; who else asks hears that nobody is there. */
function answersTo(stanza: string, before: Snapshot): readonly Answer[] {
  const from = / from="([^"]*)"/.exec(/^<[^>]*>/.exec(stanza)?.[0] ?? '')?.[1]
  const contacts = [...(before.get('roster')?.values() ?? [])].map((text) => JSON.parse(text) as Contact)
  const seeing = contacts.filter(({ subscription }) => subscription === 'both' || subscription === 'from')
  if (seeing.some(({ jid }) => jid === bare(from))) return ['service-unavailable', 'result', 'receipt']
  const isOurs = from === undefined || from === people['domain'] || from.split('/')[0] === people['self']
  return isOurs ? ['service-unavailable', 'result'] : ['service-unavailable']
}

it('accepts nothing of a forger', async () => {
  const begun = Date.now()
  const tally: Tally = { variants: 0, rightful: 0, accepted: [], leaked: [] }
  const setups: readonly (Open | null)[] = [null, 'archive-query-open', 'roster-query-open']
  for (const [at, open] of setups.entries()) {
    const cases = forgeries.filter(({ setup }) => (setup[0] ?? null) === open)
    const share = open === null ? 0.75 : 0.125
    await play(open, cases, Math.ceil(plan.variants * share), dice(seed + at), tally)
  }
  report('R11', {
    case: 'variants',
    held: tally.accepted.length === 0 && tally.leaked.length === 0,
    on: [],
    counts: {
      stanzas: forgeries.length,
      variants: tally.variants,
      'rightful ones taken': tally.rightful,
      accepted: tally.accepted.length,
      leaks: tally.leaked.length,
    },
    seconds: (Date.now() - begun) / 1000,
  })
  expect(tally.accepted).toEqual([])
  expect(tally.leaked).toEqual([])
  expect(tally.rightful).toBeGreaterThan(tally.variants / 100)
})
