/** What cuts off a tight line leaves room for the letters that reach beyond it, as the tails of Arabic ones do. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Declarations of each selector in the style of a component, all its rules together. */
function rulesOf(text: string): Map<string, string> {
  const found = new Map<string, string>()
  const style = text.slice(text.indexOf('<style>')).replace(/\/\*.*?\*\//gs, '')
  for (const [, selectors, body] of style.matchAll(/([^{}]+)\{([^{}]*)\}/g))
    for (const selector of selectors!
      .replace('<style>', '')
      .split(',')
      .map((each) => each.trim()))
      found.set(selector, (found.get(selector) ?? '') + body)
  return found
}

it('where headings and tight lines are cut off', () => {
  const cutOff = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.svelte'))
    .flatMap((file) =>
      [...rulesOf(readFileSync(new URL(file, import.meta.url), 'utf8'))].map((rule) => [file, ...rule]),
    )
    .filter(([, selector, body]) => /\bh[123]$/.test(selector!) || body!.includes('line-height: var(--leading-tight)'))
    .filter(([, , body]) => /overflow: (clip|hidden)/.test(body!))
  expect(cutOff.length).toBeGreaterThan(4)
  expect(cutOff.filter(([, , body]) => !body!.includes('padding-block: var(--ink)'))).toEqual([])
})
