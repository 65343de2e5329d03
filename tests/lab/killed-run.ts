// One run of kills from the first account to the last line of its report; small (`--size gate`) or full.
import { serveApp } from '../../tools/serve/app.mjs'
import { Killed, type KilledPlan, type KilledStage } from './killed.ts'
import { judge, settled } from './many-tabs-verdict.ts'
import { onStage, percentile, type Given } from './many-tabs-run.ts'
import { report } from './report.ts'

export async function killed(given: Given, plan: KilledPlan): Promise<{ faults: string[]; draftLoss: number }> {
  const started = Date.now()
  return onStage(given, async (common, watch) => {
    const second = await serveApp({ root: given.shared.root, prosody: given.prosody })
    watch.allow(second.origin)
    const stage: KilledStage = { ...common, second, dora: await given.account() }
    const run = new Killed(stage, plan)
    try {
      await run.run()
      await settled(stage, run.record, run.page)
      const verdict = await judge(stage, run.record, [{ name: 'the tab', page: run.page }])
      await watch.settle()
      return tell(run, plan, verdict, watch.problems, (Date.now() - started) / 1000)
    } catch (error) {
      console.log(run.record.trail.slice(-20).join('\n'))
      throw error
    } finally {
      await second.close()
    }
  })
}

function tell(
  { record, halves, draftLosses }: Killed,
  { kills }: KilledPlan,
  { examples, ...counts }: Awaited<ReturnType<typeof judge>>,
  problems: readonly string[],
  seconds: number,
) {
  const faults = [...examples, ...halves.map((half) => `half: ${half}`), ...problems]
  const draftLoss = percentile(draftLosses, 100)
  report('R3', {
    case: 'renderer killed, Chromium',
    held: faults.length === 0 && draftLoss <= 1_000,
    on: ['prosody', 'chromium'],
    counts: {
      kills,
      ...Object.fromEntries(record.operations),
      'messages received': record.bot.length + record.other.length,
      'messages sent': record.wishes.length,
      ...counts,
      'half signed in or out': halves.length,
      'draft lost p50, ms': percentile(draftLosses, 50),
      'draft lost at most, ms': draftLoss,
    },
    seconds,
  })
  if (faults.length > 0) console.log(faults.slice(0, 20))
  return { faults, draftLoss }
}
