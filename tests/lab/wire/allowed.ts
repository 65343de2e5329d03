// What one stanza may change, whoever says so (the corpus, or rights.ts), and whether it changed anything else.
import { self } from '../../flows/stage/server.ts'
import type { Snapshot } from './situation.ts'

export interface Allowed {
  /** Messages that may be stored, or found to be stored already. `peer` '*': anybody who is not known yet. */
  readonly messages: readonly { readonly peer: string; readonly isOwn: boolean; readonly texts: readonly string[] }[]
  /** Ids of messages of ours of which it may tell what became of them. */
  readonly fates: readonly string[]
  /** Bare addresses whose place in the contact list it may tell; '*': it is the list. */
  readonly roster: readonly string[] | '*'
  /** Full (or bare) addresses whose presence it may tell. */
  readonly presence: readonly string[]
  /** Bare addresses that may ask to see us, or take that back. */
  readonly requests: readonly string[]
  /** Who may tell how far they have read what we wrote to them. */
  readonly readBy: readonly string[]
  /** With whom it may tell what we have read on another device. */
  readonly reads: readonly string[]
  /** Our own archive answered: what is covered moves, even where nothing of it is for us. */
  readonly coverage: boolean
}

export const nothing: Allowed = {
  messages: [],
  fates: [],
  roster: [],
  presence: [],
  requests: [],
  readBy: [],
  reads: [],
  coverage: false,
}

interface Row {
  readonly [field: string]: unknown
}

interface Changed {
  readonly store: string
  readonly before: Row | null
  readonly after: Row | null
}

/** Rows that differ. */
export function changesOf(before: Snapshot, after: Snapshot): Changed[] {
  const all: Changed[] = []
  const read = (text: string | undefined): Row | null => (text === undefined ? null : (JSON.parse(text) as Row))
  for (const [store, rows] of after) {
    const old = before.get(store) ?? new Map<string, string>()
    for (const key of new Set([...old.keys(), ...rows.keys()])) {
      if (old.get(key) === rows.get(key)) continue
      all.push({ store, before: read(old.get(key)), after: read(rows.get(key)) })
    }
  }
  return all
}

/** What changed although nobody had the right to say so, as text; empty: nothing. */
export function forbidden(before: Snapshot, after: Snapshot, allowed: Allowed): string[] {
  const changes = changesOf(before, after)
  if (changes.length === 0) return []
  const peers = new Map<string, string>()
  for (const text of after.get('conversation')?.values() ?? []) {
    const { id, jid } = JSON.parse(text) as { id: string; jid: string }
    peers.set(id, jid)
  }
  const known = new Set(
    [...(before.get('conversation')?.values() ?? [])].map((text) => (JSON.parse(text) as Row)['jid']),
  )
  return changes
    .filter((change) => !mayChange(change, allowed, peers, known))
    .map((change) => `${change.store}: ${JSON.stringify(change.before)} → ${JSON.stringify(change.after)}`)
}

function mayChange(
  change: Changed,
  allowed: Allowed,
  peers: ReadonlyMap<string, string>,
  known: ReadonlySet<unknown>,
): boolean {
  const row = change.after ?? change.before ?? {}
  const jid = String(row['jid'])
  const fits = (peer: string, of: string): boolean => of === peer || (of === '*' && !known.has(peer) && peer !== self)
  switch (change.store) {
    case 'message': {
      const peer = peers.get(String(row['conversation'])) ?? ''
      if (change.before !== null && row['isOwn'] === true && isFate(change, allowed)) return true
      if (row['isOwn'] === true && allowed.readBy.includes(peer) && isReadThere(change)) return true
      return (
        change.after !== null &&
        allowed.messages.some(
          ({ peer: of, isOwn, texts }) =>
            fits(peer, of) &&
            row['isOwn'] === isOwn &&
            row['senderJid'] === (isOwn ? self : peer) &&
            textsOf(row).every((text) => texts.includes(text)) &&
            (change.before === null || sameWords(change.before, row)),
        )
      )
    }
    case 'conversation':
      return (
        allowed.coverage ||
        allowed.fates.length > 0 ||
        (allowed.readBy.includes(jid) && isOnly(change, ['theirRead', 'sealed'])) ||
        allowed.messages.some(({ peer }) => fits(jid, peer)) ||
        (allowed.reads.includes(jid) && isOnly(change, ['read', 'seen', 'displayed', 'owesDisplayed', 'unread']))
      )
    case 'coverage':
      return allowed.coverage
    case 'outbox':
      return allowed.fates.length > 0 || allowed.messages.some(({ isOwn }) => isOwn)
    case 'roster':
      return isNamed(allowed, jid)
    case 'presence':
      return allowed.presence.includes(jid)
    case 'subscription':
      return allowed.requests.includes(jid) || isNamed(allowed, jid)
    case 'meta':
      return row['name'] === 'roster' && allowed.roster.length > 0
    default:
      return false
  }
}

function isNamed({ roster }: Allowed, jid: string): boolean {
  return roster === '*' || roster.includes(jid)
}

/** It was sent, and is read now; nothing else of it is another. */
function isReadThere({ before, after }: Changed): boolean {
  const status = (row: Row | null): unknown => (row?.['delivery'] as { status: string } | null)?.status
  return before !== null && after !== null && status(after) === 'displayed' && sameWords(before, after)
}

/** Nothing of it changed but these fields. */
function isOnly({ before, after }: Changed, fields: readonly string[]): boolean {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  for (const name of fields) names.delete(name)
  return before !== null && [...names].every((name) => JSON.stringify(before[name]) === JSON.stringify(after?.[name]))
}

function isFate({ before, after }: Changed, { fates }: Allowed): boolean {
  if (before === null || after === null) return false
  const ids = [after['originId'], after['messageId']]
  return fates.some((id) => ids.includes(id)) && sameWords(before, after)
}

function textsOf(row: Row): string[] {
  const { body } = row['sealed'] as { body: { parts: { kind: string; body?: string }[] } }
  return body.parts.filter(({ kind }) => kind === 'text').map((part) => part.body ?? '')
}

/** A copy may tell where a message stands, never what it says or whose it is. */
function sameWords(before: Row, after: Row): boolean {
  const words = ({ sealed, senderJid, isOwn, originId, messageId }: Row): string =>
    JSON.stringify([sealed, senderJid, isOwn, originId, messageId])
  return words(before) === words(after)
}
