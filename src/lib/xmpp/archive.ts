/**
 * Asks an archive for pages and collects their results, which arrive as messages before the answer.
 *
 * @xep 0313 Message Archive Management 1.1.3
 * @xep 0059 Result Set Management 1.0
 * @xep 0441 Message Archive Management Preferences 0.2.0
 */
import type { BareJid } from '#model/jid.ts'
import {
  attributeOf,
  childElements,
  childOf,
  element,
  escapeText,
  nameOf,
  textOf,
  type Markup,
  type XMLElement,
} from './element.ts'
import type { ArchiveResult, Opened } from './forwarded.ts'
import { ns } from './namespace.ts'

/** What a page is asked for. Ids are archive ids, stamps ms since the epoch. */
export interface ArchiveQuery {
  readonly with: BareJid | null
  readonly start: number | null
  readonly end: number | null
  /** Page forward from after this id. */
  readonly after: string | null
  /** Page backward from before this id; '' is the end of the archive; null: forward. */
  readonly before: string | null
  readonly max: number
}

export interface ArchivePage {
  /** In archive order. */
  readonly items: readonly Opened[]
  readonly isComplete: boolean
  /** `stable='false'`: the archive may still change, so the page proves no coverage (section 4.4). */
  readonly isStable: boolean
  readonly first: string | null
  readonly last: string | null
  /** How many the whole result has, where the server tells. */
  readonly count: number | null
}

/** Open queries; a result that matches none, or another archive's, is a forgery or too late (XEP-0313 section 8). */
export class ArchiveQueries {
  readonly #open = new Map<string, { archive: BareJid; items: Opened[] }>()

  open(queryId: string, archive: BareJid): void {
    this.#open.set(queryId, { archive, items: [] })
  }

  /** True where the result belongs to an open query of ours. */
  collect(result: ArchiveResult): boolean {
    const query = this.#open.get(result.queryId)
    if (query?.archive !== result.archive) return false
    query.items.push(result.opened)
    return true
  }

  /** Closes the query with its answer. */
  close(queryId: string, answer: XMLElement): ArchivePage {
    const items = this.#open.get(queryId)?.items ?? []
    this.#open.delete(queryId)
    const fin = childOf(answer, 'fin', ns.mam)
    const set = fin ? childOf(fin, 'set', ns.rsm) : null
    const text = (name: string): string | null => {
      const child = set ? childOf(set, name, ns.rsm) : null
      return child ? textOf(child) : null
    }
    const count = Number.parseInt(text('count') ?? '', 10)
    return {
      items,
      isComplete: (fin ? attributeOf(fin, 'complete') : null) === 'true',
      isStable: (fin ? attributeOf(fin, 'stable') : null) !== 'false',
      first: text('first') ?? items[0]?.archiveId ?? null,
      last: text('last') ?? items.at(-1)?.archiveId ?? null,
      count: Number.isNaN(count) ? null : count,
    }
  }

  forget(queryId: string): void {
    this.#open.delete(queryId)
  }
}

export function writeArchiveQuery(queryId: string, query: ArchiveQuery): Markup {
  const field = (name: string, value: string, type: string | null = null): Markup =>
    element('field', { var: name, type }, [element('value', {}, escapeText(value))])
  const stamp = (at: number): string => new Date(at).toISOString()
  const form = element('x', { xmlns: ns.dataForms, type: 'submit' }, [
    field('FORM_TYPE', ns.mam, 'hidden'),
    query.with === null ? null : field('with', query.with),
    query.start === null ? null : field('start', stamp(query.start)),
    query.end === null ? null : field('end', stamp(query.end)),
  ])
  const set = element('set', { xmlns: ns.rsm }, [
    element('max', {}, escapeText(String(query.max))),
    query.after === null ? null : element('after', {}, escapeText(query.after)),
    query.before === null ? null : element('before', {}, escapeText(query.before)),
  ])
  return element('query', { xmlns: ns.mam, queryid: queryId }, [form, set])
}

/** Whether the account's archive keeps what is said: all, of contacts only, or nothing. */
export type ArchivePolicy = 'always' | 'roster' | 'never'

export function writePreferencesQuery(): Markup {
  return element('prefs', { xmlns: ns.mam })
}

export function readPreferences(answer: XMLElement): ArchivePolicy | null {
  const prefs = childElements(answer).find((child) => nameOf(child) === 'prefs')
  const policy = prefs ? attributeOf(prefs, 'default') : null
  return policy === 'always' || policy === 'roster' || policy === 'never' ? policy : null
}
