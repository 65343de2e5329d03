// Stanzas and stream elements, mutated at every level, sent to the whole product: nothing is thrown, nothing hangs, nothing is
// stored that its sender had no right to say, and after each batch a good message arrives. If a stream ended, it is back at once.
import { readdirSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dice, type Dice } from '../engine/dice.ts'
import { report } from '../report.ts'
import { seed, size } from '../size.ts'
import { forbidden, nothing, type Allowed } from './allowed.ts'
import { filled, forgeries, people } from './corpus.ts'
import { giants, mutated, type Frame } from './mutations.ts'
import { rightsOf } from './rights.ts'
import { sentTo, Situation, type Snapshot } from './situation.ts'

const plan = {
  frames: size === 'full' ? Number(process.env['LAB_FRAMES'] ?? 200_000) : 1_000,
  batch: 20,
  /** Batches that one device lives through. */
  life: 25,
}
/** ms of the device's own time. */
const limit = 10_000
/** Bytes that the heap may have grown by at the end. */
const mostGrowth = 30_000_000

const uncaught: string[] = []
const note = (error: unknown): void => void uncaught.push(String(error instanceof Error ? error.stack : error))
beforeAll(() => {
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
})
afterAll(() => {
  process.off('unhandledRejection', note)
  process.off('uncaughtException', note)
})

/** All stanzas of tests/stanzas. */
function recorded(): string[] {
  const folder = new URL('../../stanzas/', import.meta.url)
  return (
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.xml'))
      .sort()
      // The server of the stage numbers its archive too: two messages under one archive id would be one.
      .map((name) => readFileSync(new URL(name, folder), 'utf8').trim().replace('id="a77"', 'id="recorded"'))
  )
}

class Tally {
  frames = 0
  ended = 0
  wedged: string[] = []
  stored: string[] = []
  slowest = 0
  goods = 0
}

/** A device, and what was done to it since the last look. */
class Victim {
  situation!: Situation
  #said = 0
  readonly #tally: Tally
  readonly #dice: Dice
  readonly #seeds = recorded()

  constructor(tally: Tally, chance: Dice) {
    this.#tally = tally
    this.#dice = chance
  }

  async batch(frames: readonly Frame[], how: readonly string[]): Promise<void> {
    const { stage } = this.situation
    let before = await this.situation.snapshot()
    let allowed = nothing
    for (const [index, frame] of frames.entries()) {
      this.#tally.frames++
      if (typeof frame === 'string') {
        allowed = both(allowed, rightsOf(frame, this.#known(before)))
        // Some are sent again to whoever resumes the stream, as a server does; the others were the network's fault.
        if (this.#dice.roll() < 0.2) await this.situation.hear(frame)
        else await this.situation.hearOnce(frame)
      } else {
        stage.frames.binary(frame)
        await stage.world.settle()
      }
      if (stage.frames.isOpen && index < frames.length - 1) continue
      this.#look(before, await this.situation.snapshot(), allowed, frames.slice(0, index + 1), how)
      if (!stage.frames.isOpen) await this.#back(how)
      before = await this.situation.snapshot()
      allowed = nothing
    }
    await this.#good(how)
  }

  #known(before: Snapshot) {
    return {
      self: people['self'] ?? '',
      full: people['full'] ?? '',
      contacts: new Set([people['contact'] ?? '', people['other'] ?? '']),
      sent: sentTo(before),
      queries: new Set<string>(),
      asked: new Set<string>(),
    }
  }

  #look(
    ...[before, after, allowed, frames, how]: [...Parameters<typeof forbidden>, readonly Frame[], readonly string[]]
  ): void {
    const wrong = forbidden(before, after, allowed)
    if (wrong.length > 0)
      this.#tally.stored.push(`${wrong.join('\n')}\n  after ${how.join(' | ')}\n  ${frames.join('\n  ')}`)
  }

  /** The stream is over: how long until it is back, by the device's own clock. */
  async #back(how: readonly string[]): Promise<void> {
    const { stage } = this.situation
    this.#tally.ended++
    try {
      const ms = await stage.online(limit)
      this.#tally.slowest = Math.max(this.#tally.slowest, ms)
    } catch {
      const causes = stage.tab.states.slice(-9).map(({ connection }) => connection.failure?.cause ?? connection.phase)
      this.#tally.wedged.push(`not online after ${causes.join(', ')}: ${how.join(' | ')}`)
      await this.fresh()
      return
    }
    // Who hangs up at once each time is called back ever later, as is right; here each frame is a server’s only fault.
    await stage.world.pass(9_000)
  }

  async #good(how: readonly string[]): Promise<void> {
    const { world, frames } = this.situation.stage
    if (!frames.isOpen) return
    const body = `good ${++this.#said}`
    world.server.say({ body, originId: `good-${this.#said}` })
    await world.settle()
    frames.raw('<r xmlns="urn:xmpp:sm:3"/>')
    await world.settle()
    const isThere = (await world.bodies()).filter((text) => text === body).length
    this.#tally.goods++
    if (isThere !== 1) this.#tally.wedged.push(`a good message is there ${isThere} times after ${how.join(' | ')}`)
  }

  async fresh(): Promise<void> {
    if (this.situation as Situation | undefined) this.situation.end()
    this.situation = await Situation.make()
    this.#said = 0
  }

  /** Frames of one batch. */
  make(count: number): { frames: Frame[]; how: string[] } {
    const seeds = [...this.#seeds, ...forgeries.map(({ stanza }) => filled(stanza, this.situation))]
    const all = Array.from({ length: count }, () => mutated(seeds, this.#dice))
    return { frames: all.map(({ frame }) => frame), how: all.map((each) => each.how) }
  }
}

function both(one: Allowed, two: Allowed): Allowed {
  if (two === nothing) return one
  return {
    messages: [...one.messages, ...two.messages],
    fates: [...one.fates, ...two.fates],
    roster: one.roster === '*' || two.roster === '*' ? '*' : [...one.roster, ...two.roster],
    presence: [...one.presence, ...two.presence],
    requests: [...one.requests, ...two.requests],
    readBy: [...one.readBy, ...two.readBy],
    reads: [...one.reads, ...two.reads],
    coverage: one.coverage || two.coverage,
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of the heap in use, after a collection. */
function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

it('is neither stopped nor fooled', async () => {
  const begun = Date.now()
  const tally = new Tally()
  const victim = new Victim(tally, dice(seed))
  await victim.fresh()
  for (const [name, giant] of Object.entries(giants)) await victim.batch([giant()], [name])
  const before = heap()
  for (let batch = 0; tally.frames < plan.frames; batch++) {
    if (batch % plan.life === 0) await victim.fresh()
    const { frames, how } = victim.make(plan.batch)
    await victim.batch(frames, how)
  }
  await victim.fresh()
  const grown = heap() - before
  victim.situation.end()
  const megabytes = (bytes: number): number => Math.round(bytes / 100_000) / 10
  report('R12', {
    case: 'mutated frames',
    held:
      uncaught.length + tally.wedged.length + tally.stored.length === 0 &&
      tally.slowest <= limit &&
      grown <= mostGrowth,
    on: [],
    counts: {
      frames: tally.frames,
      'streams ended': tally.ended,
      uncaught: uncaught.length,
      wedged: tally.wedged.length,
      'stored without right': tally.stored.length,
      'good messages between': tally.goods,
      'online again at most ms': Math.round(tally.slowest),
      'heap before MB': megabytes(before),
      'heap grown MB': megabytes(grown),
    },
    seconds: (Date.now() - begun) / 1000,
  })
  expect(uncaught).toEqual([])
  expect(tally.wedged).toEqual([])
  expect(tally.stored).toEqual([])
  expect(tally.slowest).toBeLessThanOrEqual(limit)
  expect(grown).toBeLessThanOrEqual(mostGrowth)
})
