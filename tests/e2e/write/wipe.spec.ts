// Signing out leaves nothing in the profile folder; the laboratory (`npm run lab -- wipe`) tries every way there is.
import { dice } from '../../lab/engine/dice.ts'
import { seed } from '../../lab/size.ts'
import { runWipe, type Variant } from '../../lab/wipe.ts'
import { expect, test } from '../fixtures.ts'

const variants: Variant[] = [
  { name: 'from one of two tabs', others: 1, byFollower: true },
  { name: 'on a public computer, all the time', isPublic: true },
  { name: 'when the browser is killed half-way, at the next start', kill: 'browser' },
]

for (const variant of variants)
  test(`nothing is left in the profile ${variant.name}`, async ({ playwright, server, prosody, peer }, info) => {
    test.setTimeout(60_000)
    const folder = info.outputPath('profile')
    const stage = { browserType: playwright.chromium, folder, server, prosody, peer, dice: dice(seed) }
    const { left, seen } = await runWipe(stage, variant)
    expect(left).toEqual([])
    // What shows that looking finds: all but the password and its keys lay there in clear while somebody was signed in.
    expect(seen > 5).toBe(variant.isPublic !== true)
  })
