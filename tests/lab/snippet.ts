// The pieces of configuration in docs/operators.md, for the tests that run them.
import { readFileSync } from 'node:fs'

/** The blocks of one language, in order; an empty name means blocks that name none. */
export function snippets(language: '' | 'nginx' | 'caddy' | 'lua' | 'yaml'): string[] {
  const text = readFileSync(new URL('../../docs/operators.md', import.meta.url), 'utf8')
  const blocks = text.matchAll(/^```(\w*)\n(.*?)^```$/gms)
  return [...blocks].flatMap(([, found, body]) => (found === language ? [body ?? ''] : []))
}
