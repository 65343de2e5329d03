// The table of forged stanzas as a test reads it: places filled in, what is allowed made of what is expected.
import { readFileSync } from 'node:fs'
import { parseXml } from '../../peer/xml.ts'
import { nothing, type Allowed } from './allowed.ts'
import type { Open, Situation } from './situation.ts'

/** What may be said in return; a receipt only to who may see us and asked for it. */
export type Answer = 'service-unavailable' | 'result' | 'receipt'

/** One case of corpus/forged-stanzas.json; corpus/forged-stanzas.md tells what its fields mean. */
export interface Forgery {
  readonly id: string
  readonly class: string
  readonly precedent: string | null
  readonly harm: string
  readonly setup: readonly Open[]
  readonly stanza: string
  readonly expect: {
    readonly stored: 'nothing' | 'sender-only'
    readonly sender?: string
    readonly text?: string | null
    readonly answers: readonly Answer[]
  }
}

const file = JSON.parse(readFileSync(new URL('../../../corpus/forged-stanzas.json', import.meta.url), 'utf8')) as {
  readonly placeholders: Readonly<Record<string, string>>
  readonly cases: readonly Forgery[]
}

export const forgeries = file.cases
export const people = file.placeholders

/** The text with its places filled in. */
export function filled(text: string, situation: Situation): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => situation.ids[name] ?? people[name] ?? whole)
}

/** What the case allows. */
export function allowedBy(forgery: Forgery, situation: Situation): Allowed {
  const { stored, sender, text } = forgery.expect
  const coverage = forgery.setup.includes('archive-query-open') && forgery.stanza.includes(' from="{self}"')
  if (stored === 'nothing' || sender === undefined) return { ...nothing, coverage }
  const peer = filled(sender, situation)
  const texts = text === null || text === undefined ? [] : [filled(text, situation)]
  return { ...nothing, coverage, messages: [{ peer, isOwn: peer === people['self'], texts }] }
}

/** What was said in answer that this case does not allow; our own questions to our own server are no answers. */
export function leaks(said: readonly string[], stanza: string, answers: readonly Answer[]): string[] {
  return said.filter((frame) => {
    const root = parseXml(frame)
    const { type = '', to, id } = root.attrs
    const isOurs = to === undefined || to === people['self'] || to === people['domain']
    if (root.name === 'iq' && (type === 'get' || type === 'set') && isOurs) return false
    // Presence to all who may see us belongs to the session, and may come at any moment of it.
    if (root.name === 'presence' && type === '' && to === undefined) return false
    if (root.name === 'message' && answers.includes('receipt'))
      return !(frame.includes('<received xmlns="urn:xmpp:receipts"') && stanza.includes(` from="${to ?? ''}`))
    if (root.name !== 'iq') return true
    const asked = /^<[^>]*>/.exec(stanza)?.[0] ?? ''
    const isToAsker = asked.includes(` id="${id ?? ''}"`) && (to === undefined || asked.includes(` from="${to}"`))
    const isUnavailable = type === 'error' && frame.includes('<service-unavailable')
    if (isToAsker && isUnavailable && answers.includes('service-unavailable')) return false
    return !(isToAsker && type === 'result' && answers.includes('result'))
  })
}
