// Many releases of the site, one after the other, under open tabs.
import { expect, test } from '../e2e/fixtures.ts'
import { dice } from './engine/dice.ts'
import { report } from './report.ts'
import { seed, size } from './size.ts'
import { rollStep } from './update-step.ts'
import { runUpdates } from './update.ts'

const count = Number(process.env['UPDATES'] ?? (size === 'full' ? 100 : 5))

test(`${count} updates`, async ({ page, context, serve, account, peer, shared, prosody }, info) => {
  test.setTimeout(3_600_000)
  console.log(`SEED=${seed}`)
  const started = Date.now()
  const chance = dice(seed)
  const [server, anna, boris] = [await serve(), await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  const steps = Array.from({ length: count }, () => rollStep(chance))
  const stage = { context, page, server, root: shared.root, folder: info.outputPath('releases'), anna, boris }
  const outcome = await runUpdates({ ...stage, bot: await peer(boris), dice: chance }, steps)
  const { updates, damaged, looks, sent, ...bad } = outcome
  report('R16', {
    case: 'Chromium',
    held: Object.values(bad).every((count) => count === 0),
    on: ['prosody', 'chromium'],
    counts: { updates, damaged, looks, sent, ...bad },
    seconds: (Date.now() - started) / 1000,
  })
  for (const [what, count] of Object.entries(bad)) expect({ what, count }).toEqual({ what, count: 0 })
})
