// A new release under open tabs; the laboratory (`npm run lab -- update`) does it a hundred times, at random.
import { dice } from '../../lab/engine/dice.ts'
import { seed } from '../../lab/size.ts'
import type { Step } from '../../lab/update-step.ts'
import { runUpdates } from '../../lab/update.ts'
import { expect, test } from '../fixtures.ts'

const steps: Step[] = [
  { opens: ['list'], queued: 2, fault: 'page', meanwhile: 'nothing', applied: 'click' },
  { opens: [], queued: 0, fault: null, meanwhile: 'hard', applied: 'click' },
]

test('two updates break no page and lose nothing', async ({
  page,
  context,
  serve,
  account,
  peer,
  shared,
  prosody,
}, info) => {
  test.setTimeout(120_000)
  const [server, anna, boris] = [await serve(), await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const stage = { context, page, server, root: shared.root, folder: info.outputPath('releases'), anna, boris }
  const outcome = await runUpdates({ ...stage, bot: await peer(boris), dice: dice(seed) }, steps)
  expect(outcome).toEqual({
    ...{ updates: 2, damaged: 1, poisoned: 0, looks: outcome.looks, broken: 0, mixed: 0, untold: 0, unapplied: 0 },
    ...{ draftsLost: 0, sent: 2, lost: 0, twice: 0, misordered: 0 },
  })
})
