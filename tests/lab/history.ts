// A past of any length in an account's archive, put there past the protocol.
import type { Account } from '../e2e/fixtures.ts'
import type { Control } from '../../tools/prosody/control.mjs'

export interface Past {
  count: number
  /** Told by number; every third one is the account's own. */
  body?: (at: number) => string
  /** Seconds since 1970 of the newest; the others lie a minute apart before it. */
  end?: number
  /** Begins the ids, so that two pasts of one account do not have the same. */
  name?: string
  isOwn?: (at: number) => boolean
}

/** Fills the archive of `own` with a conversation with `other`. */
export async function fillPast(prosody: Control, own: Account, other: Account, past: Past): Promise<void> {
  const { count, name = 'past', body = (at) => `line ${at}.`, isOwn = (at) => at % 3 === 0 } = past
  const end = past.end ?? Math.floor(Date.now() / 1000) - 60
  const items = Array.from({ length: count }, (_, at) => {
    const [from, to] = isOwn(at) ? [own.jid, other.jid] : [other.jid, own.jid]
    const id = `${name}-${at}`
    const head = `from="${from}/past" to="${to}" id="${id}" type="chat"`
    const origin = `<origin-id xmlns="urn:xmpp:sid:0" id="${id}"/>`
    return {
      id: `archive-${id}`,
      at: end - (count - 1 - at) * 60,
      with: other.jid,
      xml: `<message xmlns="jabber:client" ${head}><body>${body(at)}</body>${origin}</message>`,
    }
  })
  await prosody.fill(own.user, items)
}
