/** Holds the design tokens to WCAG 2.2 AA: every pair that carries text, every line that marks a control, in every theme. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrastRatio } from '#model/colour.ts'

const css = readFileSync(new URL('./app.css', import.meta.url), 'utf8')

function blockAfter(selector: string): string {
  const from = css.indexOf(`${selector} {`)
  expect(from, selector).toBeGreaterThanOrEqual(0)
  return css.slice(css.indexOf('{', from) + 1, css.indexOf('}', from))
}

function declarations(block: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name, value] of block.matchAll(/(--[\w-]+):\s*([^;]+);/g)) found.set(name!, value!.trim())
  return found
}

const base = declarations(blockAfter(':root'))
const contrast = declarations(blockAfter(":root:is([data-theme='contrast'], [data-more]:not([data-theme]))"))

/** The colour a token has; alpha is laid on `under`. */
function colour(tokens: Map<string, string>, name: string, scheme: 'light' | 'dark'): string {
  const value = tokens.get(name) ?? base.get(name)
  if (value === undefined) throw new Error(`no token ${name}`)
  const reference = /^var\((--[\w-]+)\)$/.exec(value)
  if (reference) return colour(tokens, reference[1]!, scheme)
  const pair = /^light-dark\((#\w+), (#\w+)\)$/.exec(value)
  if (!pair) throw new Error(`${name} is no pair of colours: ${value}`)
  return scheme === 'light' ? pair[1]! : pair[2]!
}

const surfaces = ['--surface', '--surface-sunken', '--surface-raised', '--surface-field', '--surface-hover']
const texts: readonly (readonly [string, readonly string[], number])[] = [
  ['--text', [...surfaces, '--surface-selected', '--danger-soft', '--warning-soft', '--accent-soft'], 7],
  ['--text-muted', [...surfaces, '--surface-selected', '--warning-soft'], 4.5],
  ['--link', [...surfaces, '--bubble-own', '--bubble-other', '--warning-soft', '--danger-soft'], 4.5],
  ['--accent', [...surfaces, '--accent-soft', '--surface-selected'], 4.5],
  ['--danger', [...surfaces, '--danger-soft', '--bubble-own', '--surface-selected'], 4.5],
  ['--warning', [...surfaces, '--warning-soft'], 4.5],
  ['--success', [...surfaces], 4.5],
  ['--text-on-accent', ['--accent-fill', '--accent-fill-hover'], 4.5],
  ['--danger-on-fill', ['--danger-fill'], 4.5],
  ['--bubble-own-text', ['--bubble-own'], 7],
  ['--bubble-own-muted', ['--bubble-own'], 4.5],
  ['--bubble-other-text', ['--bubble-other'], 7],
  ['--bubble-other-muted', ['--bubble-other'], 4.5],
  ['--line-strong', surfaces, 3],
  ['--focus', [...surfaces, '--surface-selected', '--bubble-own'], 3],
  ['--presence-here', ['--surface', '--surface-hover', '--surface-selected'], 3],
  ['--presence-away', ['--surface', '--surface-hover', '--surface-selected'], 3],
  ['--presence-busy', ['--surface', '--surface-hover', '--surface-selected'], 3],
  ['--presence-none', ['--surface', '--surface-hover', '--surface-selected'], 3],
]

describe.each([
  ['normal', base],
  ['contrast', contrast],
] as const)('%s tokens', (_set, tokens) => {
  it.each(['light', 'dark'] as const)('are readable in %s', (scheme) => {
    const weak: string[] = []
    for (const [text, grounds, least] of texts)
      for (const ground of grounds) {
        const ratio = contrastRatio(colour(tokens, text, scheme), colour(tokens, ground, scheme))
        if (ratio < least) weak.push(`${text} on ${ground}: ${ratio.toFixed(2)} < ${least}`)
      }
    expect(weak).toEqual([])
  })
})

it('has one high-contrast set, chosen by the person or by the system', () => {
  expect(contrast.size).toBeGreaterThan(30)
})
