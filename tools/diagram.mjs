// Draws the layers as they really import each other into docs/architecture.md (Mermaid, between two markers), and looks for
// cycles and for breaches of layers.js. `--check` changes nothing and fails when the picture is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cruise } from 'dependency-cruiser'
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config'
import extractTypeScript from 'dependency-cruiser/config-utl/extract-ts-config'
import { compositionRoot, layers } from '../layers.js'

const document = 'docs/architecture.md'
const begin = '<!-- layers: drawn by tools/diagram.mjs -->'
const end = '<!-- /layers -->'

const check = process.argv.includes('--check')
const modules = await cruiseSources()
const problems = breaches(modules)
for (const problem of problems) console.error(problem)
const stale = drawInto(document, picture(modules))
if (stale) console.error(stale)
console.log(`${modules.length} modules, ${problems.length} cycles and breaches`)
process.exitCode = problems.length > 0 || stale ? 1 : 0

/** @returns {Promise<import('dependency-cruiser').IModule[]>} all modules of the product with their imports */
async function cruiseSources() {
  const { options, ...ruleSet } = await extractConfiguration('./.dependency-cruiser.cjs')
  const result = await cruise(['src'], { ...options, ruleSet, validate: true }, undefined, {
    tsConfig: extractTypeScript('tsconfig.json'),
  })
  if (typeof result.output === 'string') throw new Error('expected modules, not text')
  return result.output.modules
}

/** @param {import('dependency-cruiser').IModule[]} modules @returns {string[]} one line for each */
function breaches(modules) {
  return modules.flatMap((module) =>
    module.dependencies.flatMap((to) =>
      (to.rules ?? []).map((rule) => {
        const road = (to.cycle ?? []).map((step) => step.name).join(' → ')
        return `${rule.name}: ${module.source} → ${road || to.resolved}`
      }),
    ),
  )
}

/** @param {import('dependency-cruiser').IModule[]} modules @returns {string} a Mermaid graph, the same for the same imports */
function picture(modules) {
  const edges = new Set()
  for (const module of modules) {
    if (/\.test(ing)?\.ts$/.test(module.source)) continue
    const from = layerOf(module.source)
    for (const to of module.dependencies) {
      const target = layerOf(to.resolved)
      if (from && target && from !== target) edges.add(`  ${from} --> ${target}`)
    }
  }
  return ['```mermaid', 'graph TD', ...[...edges].sort(), '```'].join('\n')
}

/** @param {string} path @returns {string | null} null: outside the layers */
function layerOf(path) {
  if (path === compositionRoot) return 'app.ts'
  return Object.keys(layers).find((name) => path.startsWith(`${layers[name]?.folder}/`)) ?? null
}

/** @param {string} file @param {string} graph @returns {string | null} a complaint, or null */
function drawInto(file, graph) {
  if (!existsSync(file)) return null
  const text = readFileSync(file, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) return `${file} has no place for the picture: ${begin} … ${end}`
  const drawn = `${text.slice(0, from + begin.length)}\n\n${graph}\n\n${text.slice(to)}`
  if (drawn === text) return null
  if (check) return `the picture in ${file} is out of date: node tools/diagram.mjs`
  writeFileSync(file, drawn)
  return null
}
