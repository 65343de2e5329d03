// The checks on the resolved graph catch a planted cycle and a planted breach; the engine's type check covers its layers.
import { readFileSync } from 'node:fs'
import { cruise } from 'dependency-cruiser'
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config'
import { expect, it } from 'vitest'
import { engineLayers } from '../../layers.js'

async function violations(folder: string): Promise<string[]> {
  const { options, ...ruleSet } = await extractConfiguration('./.dependency-cruiser.cjs')
  const { output } = await cruise(['src'], { ...options, ruleSet, validate: true, baseDir: folder, tsConfig: {} })
  if (typeof output === 'string') throw new Error(output)
  return output.summary.violations.map((one) => `${one.rule.name}: ${one.from}`)
}

it('finds a cycle and a relative way round the law', async () => {
  const found = await violations('tests/layers/planted')
  expect(found).toContain('no-cycle: src/lib/model/one.ts')
  expect(found).toContain('law-ui: src/lib/ui/timeline/Row.svelte')
  expect(found).not.toContain('law-xmpp: src/lib/xmpp/client.ts')
})

it('type-checks every engine layer without a page', () => {
  const config = readFileSync('tsconfig.engine.json', 'utf8')
  for (const layer of engineLayers) expect(config).toContain(`"src/lib/${layer}/**/*.ts"`)
})
