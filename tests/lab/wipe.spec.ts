// Every way to sign out, and what of it stays in the profile folder of the browser.
import { expect, test } from '../e2e/fixtures.ts'
import { dice } from './engine/dice.ts'
import { report } from './report.ts'
import { seed, size } from './size.ts'
import { runWipe, type Variant } from './wipe.ts'

const variants: Variant[] = [
  { name: 'online' },
  { name: 'two other tabs', others: 2 },
  { name: 'from a tab that follows', others: 1, byFollower: true },
  { name: 'offline', isOffline: true },
  { name: 'without a service worker', hasNoWorker: true },
  { name: 'public computer', isPublic: true },
  { name: 'account deleted on the server', isDeleted: true },
  { name: 'pages killed half-way', others: 1, kill: 'pages' },
  { name: 'browser killed half-way', others: 1, kill: 'browser' },
]
/** A kill comes at another moment each time. */
const rounds = size === 'full' ? 20 : 1
console.log(`SEED=${seed}`)

test.setTimeout(60_000 * rounds)
for (const variant of variants)
  test(variant.name, async ({ playwright, browserName, server, prosody, peer }, info) => {
    const { roll, between, pick } = dice(seed)
    const started = Date.now()
    const outcomes = []
    for (let round = 0; round < (variant.kill ? rounds : 1); round++) {
      const folder = info.outputPath(`profile-${round}`)
      outcomes.push(
        await runWipe(
          { browserType: playwright[browserName], folder, server, prosody, peer, dice: { roll, between, pick } },
          variant,
        ),
      )
    }
    const left = outcomes.flatMap((outcome) => outcome.left)
    if (left.length > 0)
      console.log([...new Set(left.map(({ canary, form, file }) => `${canary} (${form}) ${file}`))].join('\n'))
    const first = outcomes[0]!
    report('R17', {
      case: `Chromium: ${variant.name}`,
      held: left.length === 0,
      on: ['prosody', 'chromium'],
      counts: {
        runs: outcomes.length,
        planted: first.planted,
        'seen before': first.seen,
        left: left.length,
        remembered: first.remembered.length,
        erased: 'at once',
        files: first.files,
        'MB searched': first.megabytes,
      },
      seconds: (Date.now() - started) / 1000,
    })
    expect(left).toEqual([])
  })
