// Each forged stanza of the corpus, one test each: nothing stored changes but what its sender may say of himself, and nothing
// is answered that tells him more than that nobody is there.
import { afterAll, describe, expect, it } from 'vitest'
import { changesOf, forbidden } from './allowed.ts'
import { allowedBy, filled, forgeries, leaks } from './corpus.ts'
import { Situation, type Open } from './situation.ts'

/** One that may be used again, by what is open in it. */
let quiet: Situation | null = null

async function situationFor(open: Open | undefined): Promise<Situation> {
  if (open === undefined && quiet?.stage.isOnline) return quiet
  const made = await Situation.make(open ?? null)
  if (open === undefined) {
    quiet?.end()
    quiet = made
  }
  return made
}

afterAll(() => quiet?.end())

it('is a table worth its name', () => {
  expect(forgeries.length).toBeGreaterThanOrEqual(80)
  expect(new Set(forgeries.map(({ id }) => id)).size).toBe(forgeries.length)
})

describe.each([...new Set(forgeries.map((each) => each.class))])('%s', (name) => {
  it.each(forgeries.filter((each) => each.class === name))('$id', async (forgery) => {
    const situation = await situationFor(forgery.setup[0])
    const { frames } = situation.stage
    const stanza = filled(forgery.stanza, situation)
    const before = await situation.snapshot()
    const said = frames.stanzas.length
    await situation.hear(stanza)
    if (forgery.setup.length > 0 && frames.isOpen) await situation.close()
    expect(forbidden(before, await situation.snapshot(), allowedBy(forgery, situation))).toEqual([])
    expect(leaks(frames.stanzas.slice(said), stanza, forgery.expect.answers)).toEqual([])
    const isSpent = forgery.setup.length > 0 || !frames.isOpen
    await situation.stage.online()
    if (!isSpent) return
    situation.end()
    quiet = null
  })
})

describe('who has the right', () => {
  const carbon = `<message xmlns="jabber:client" from="{self}" to="{full}"><received xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client" from="{contact}/x" to="{self}/phone" id="t1" type="chat"><body>true</body></message></forwarded></received></message>`
  const result = `<message xmlns="jabber:client" from="{self}" to="{full}"><result xmlns="urn:xmpp:mam:2" queryid="{query}" id="true-1"><forwarded xmlns="urn:xmpp:forward:0"><delay xmlns="urn:xmpp:delay" stamp="2026-11-22T11:00:00Z"/><message xmlns="jabber:client" from="{contact}/x" to="{self}" id="t2" type="chat"><body>true</body></message></forwarded></result></message>`
  const roster = '<query xmlns="jabber:iq:roster"><item jid="{stranger}" subscription="both"/></query>'
  const rights: readonly (readonly [string, string, string, Open?])[] = [
    ['the account sends carbons', carbon, 'message'],
    ['the account’s archive answers', result, 'message', 'archive-query-open'],
    ['the account pushes the roster', `<iq xmlns="jabber:client" type="set" id="t3">${roster}</iq>`, 'roster'],
    [
      'the server answers',
      `<iq xmlns="jabber:client" type="result" id="{asked}">${roster}</iq>`,
      'roster',
      'roster-query-open',
    ],
    [
      'the addressee confirms',
      '<message xmlns="jabber:client" from="{contact}/x" id="t4"><received xmlns="urn:xmpp:receipts" id="{ours}"/></message>',
      'message',
    ],
    [
      'the addressee’s server fails',
      '<message xmlns="jabber:client" from="{contact}" type="error" id="{ours}"><error type="cancel"/></message>',
      'message',
    ],
    ['a contact is there', '<presence xmlns="jabber:client" from="{contact}/garden"/>', 'presence'],
    ['a contact goes', '<presence xmlns="jabber:client" from="{contact}/balcony" type="unavailable"/>', 'presence'],
    [
      'a stranger asks to see us',
      '<presence xmlns="jabber:client" from="{stranger}" type="subscribe"/>',
      'subscription',
    ],
    [
      'a stranger writes',
      '<message xmlns="jabber:client" from="{stranger}/x" type="chat" id="t5"><body>true</body></message>',
      'message',
    ],
  ]
  it.each(rights.map(([name, ...right]) => [name, right] as const))('%s', async (_name, [stanza, store, open]) => {
    const situation = await Situation.make(open ?? null)
    const before = await situation.snapshot()
    await situation.hear(filled(stanza, situation))
    if (open !== undefined) await situation.close()
    const changed = changesOf(before, await situation.snapshot()).map((change) => change.store)
    expect(changed).toContain(store)
    situation.end()
  })

  it.each(['{contact}/balcony', '{domain}', '{self}'])('%s is answered what we can do', async (from) => {
    const situation = await Situation.make()
    const { frames } = situation.stage
    const said = frames.stanzas.length
    const ping = `<iq xmlns="jabber:client" type="get" id="t6" from="${from}"><ping xmlns="urn:xmpp:ping"/></iq>`
    await situation.hear(filled(ping, situation))
    const disco = '<query xmlns="http://jabber.org/protocol/disco#info"/>'
    await situation.hear(filled(`<iq xmlns="jabber:client" type="get" id="t7" from="${from}">${disco}</iq>`, situation))
    const [pong, info] = frames.stanzas.slice(said)
    expect(pong).toContain(`to="${filled(from, situation)}"`)
    expect(pong).toContain('type="result"')
    expect(info).toContain('<feature var="urn:xmpp:receipts"/>')
    situation.end()
  })
})
