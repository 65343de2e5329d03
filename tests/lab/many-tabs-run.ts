// One run of many tabs from the first account to the last line of its report; small (`--size gate`) or full.
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { LaunchOptions } from '@playwright/test'
import { serveApp } from '../../tools/serve/app.mjs'
import type { Control } from '../../tools/prosody/control.mjs'
import type { Fixtures } from '../e2e/fixtures.ts'
import type { Stage as SetUp } from '../e2e/set-up.ts'
import { Watch } from '../e2e/watch.ts'
import { OwnChromium } from './chromium.ts'
import { ManyTabs, type ManyTabsPlan, type Stage } from './many-tabs.ts'
import { judge, settled } from './many-tabs-verdict.ts'
import { report } from './report.ts'

export interface Given extends Pick<Fixtures, 'account' | 'peer'> {
  readonly shared: SetUp
  readonly prosody: Control
  readonly launchOptions: LaunchOptions
}

/** Prepares a person with two contacts, the app and a browser; takes them away when `work` is done. */
export async function onStage<T>(given: Given, work: (stage: Stage, watch: Watch) => Promise<T>): Promise<T> {
  const { shared, prosody, account, peer } = given
  const [anna, boris, clara] = [await account(), await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  await prosody.befriend(anna.user, clara.user)
  const app = await serveApp({ root: shared.root, prosody })
  const chromium = await OwnChromium.start(given.launchOptions, mkdtempSync(join(shared.dir, 'profile-')))
  try {
    const watch = await Watch.over(chromium.context, [app.origin])
    return await work({ chromium, app, prosody, anna, bot: await peer(boris), other: await peer(clara) }, watch)
  } finally {
    await chromium.close()
    await app.close()
  }
}

export async function manyTabs(given: Given, plan: ManyTabsPlan): Promise<{ faults: string[]; takeover: number }> {
  const started = Date.now()
  return onStage(given, async (stage, watch) => {
    const run = new ManyTabs(stage, plan)
    try {
      await run.begin()
      await run.run()
      await settled(stage, run.record, run.tabs[0]!.page)
      const verdict = await judge(stage, run.record, run.tabs)
      await run.harvest()
      await watch.settle()
      return tell(run, verdict, watch.problems, (Date.now() - started) / 1000)
    } catch (error) {
      console.log(run.record.trail.slice(-40).join('\n'), await run.standing())
      throw error
    }
  })
}

function tell(run: ManyTabs, verdict: Awaited<ReturnType<typeof judge>>, problems: readonly string[], seconds: number) {
  const { record } = run
  const times = record.takeovers.map(({ ms }) => ms)
  const doubles = record.epochs.length - new Set(record.epochs).size
  const { examples, ...counts } = verdict
  const [takeover, late] = [percentile(times, 95), percentile(record.delays, 95)]
  const faults = [
    ...examples,
    ...problems,
    ...(record.oldWrites > 0 ? [`${record.oldWrites} writes of an old epoch`] : []),
    ...(doubles > 0 ? [`${doubles} epochs taken twice`] : []),
    ...(record.twoStreams > 2_000 ? [`two streams for ${record.twoStreams} ms`] : []),
  ]
  report('R7', {
    case: 'Prosody, Chromium',
    held: faults.length + record.missed.length === 0 && takeover <= 2_500 && percentile(record.delays, 99) <= 500,
    on: ['prosody', 'chromium'],
    counts: {
      operations: [...record.operations.values()].reduce((sum, each) => sum + each, 0),
      ...Object.fromEntries(record.operations),
      'messages received': record.bot.length + record.other.length,
      'messages sent': record.wishes.length,
      ...counts,
      'old writes': record.oldWrites,
      'two streams at most, ms': record.twoStreams,
      takeovers: times.length,
      'takeover p50, ms': percentile(times, 50),
      'takeover p95, ms': takeover,
      'takeover at most, ms': percentile(times, 100),
      comparisons: record.delays.length,
      'tabs equal p95, ms': late,
      'tabs equal p99, ms': percentile(record.delays, 99),
      'tabs equal at most, ms': percentile(record.delays, 100),
      'later than 3 s': record.missed.length,
      notifications: 'none in the product yet',
    },
    seconds,
  })
  for (const how of new Set(record.takeovers.map((each) => each.how))) {
    const of = record.takeovers.flatMap((each) => (each.how === how ? [each.ms] : []))
    console.log(
      `${how}: ${of.length}, p50 ${percentile(of, 50)}, p95 ${percentile(of, 95)}, most ${percentile(of, 100)}`,
    )
  }
  if (faults.length > 0) console.log(faults.slice(0, 20))
  return { faults, takeover }
}

/** The smallest of the numbers that so many in a hundred do not exceed; 0 of none. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * part) / 100) - 1)] ?? 0
}
