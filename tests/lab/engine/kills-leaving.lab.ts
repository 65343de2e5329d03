// The tab dies at any step of signing out: at the next start the account is there whole, or all of it is gone.
// Killing while an account is upgraded is in broken-open.lab.ts, killing while it talks in kills.lab.ts.
import { expect, it } from 'vitest'
import { settle } from '../../flows/stage/disk.ts'
import { report } from '../report.ts'
import { dice } from './dice.ts'
import { archived, Visit } from './broken-visit.ts'
import { seed, size } from '../size.ts'

const rounds = size === 'full' ? 100 : 8
/** Things that signing out asks of the disk: the intent, the database, the row. */
const steps = 3

/** What the tab asks of its disk while it is mortal; at the `at`-th such thing it dies and nothing of it ever runs again. */
interface Death {
  at: number
  asked: number
  isDead: boolean
  /** The thing itself still happens: the order was given before the process died. */
  readonly isAfter: boolean
}

let death: Death | null = null

function dies(): boolean {
  if (death === null) return false
  if (!death.isDead && ++death.asked === death.at) death.isDead = true
  return death.isDead
}

const { transaction } = IDBDatabase.prototype
IDBDatabase.prototype.transaction = function (...given: Parameters<typeof transaction>) {
  const isNow = death?.asked === (death?.at ?? 0) - 1
  if (!dies()) return transaction.apply(this, given)
  if (!death?.isAfter || !isNow) throw new DOMException('killed', 'AbortError')
  return transaction.apply(this, given)
}
const { deleteDatabase } = IDBFactory.prototype
IDBFactory.prototype.deleteDatabase = function (name: string) {
  const isNow = death?.asked === (death?.at ?? 0) - 1
  if (dies() && !(death?.isAfter && isNow)) return {} as IDBOpenDBRequest
  const request = deleteDatabase.call(this, name)
  return death?.isDead ? ({} as IDBOpenDBRequest) : request
}

it(`${rounds} kills while signing out`, async () => {
  const started = Date.now()
  const chance = dice(seed)
  const counts = { kills: 0, signedIn: 0, signedOut: 0, half: 0 }
  const examples: string[] = []
  for (let round = 0; round < rounds; round++) {
    const visit = await Visit.prepared()
    // Each step before and after it is done, then any.
    const at = round < 2 * steps ? 1 + (round % steps) : chance.between(1, steps)
    const isAfter = round < 2 * steps ? round >= steps : chance.roll() < 0.5
    const fate: Death = { at, asked: 0, isDead: false, isAfter }
    death = fate
    void visit.session.signOut()
    for (let turn = 0; turn < 4 && !fate.isDead; turn++) await visit.house.pass(50)
    await settle()
    death = null
    counts.kills += fate.isDead ? 1 : 0
    await visit.close()
    const seen = await visit.start()
    const left = await visit.house.databases()
    const rows = await visit.house.rows(visit.tab)
    const what = `${JSON.stringify(fate)}: ${JSON.stringify({ seen, left: left.length, rows })}`
    if (seen.screen === 'open' && seen.told === null) {
      await visit.comeBack()
      const texts = await visit.texts()
      const isWhole = archived.every((body) => texts.has(body)) && left.length === 1 && rows.length === 1
      if (isWhole) counts.signedIn++
      else examples.push(what)
    } else if (seen.screen === 'signed-out' && seen.told === null && left.length === 0 && rows.length === 0)
      counts.signedOut++
    else examples.push(what)
    await visit.close()
  }
  counts.half = examples.length
  const held = counts.half === 0 && counts.kills === rounds && counts.signedIn > 0 && counts.signedOut > 0
  report('R3', {
    case: 'while signing out',
    held,
    on: [],
    counts,
    seconds: Math.round((Date.now() - started) / 100) / 10,
  })
  expect(examples).toEqual([])
  expect(held).toBe(true)
})
