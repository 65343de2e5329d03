/**
 * What nobody had the right to say ends at the gate under a name, and nothing of it reaches the disk.
 * The table of forged stanzas, through the whole wire, is tests/lab/wire/forged.test.ts.
 */
import { describe, expect, it } from 'vitest'
import { ArchiveQueries } from '#xmpp/archive.ts'
import { passGate } from '#xmpp/incoming.ts'
import type { Refusal } from '#model/incoming.ts'
import { element, escapeText, type Markup } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { carbon, juliet, self, stampText, stanzaId, textStanza } from './stage/server.ts'
import { parsed } from './stage/wire.ts'
import { World } from './stage/world.ts'

const trust = { self, jid: `${self}/besedka`, hasStanzaIds: true } as never

describe('the gate', () => {
  const body = element('body', {}, escapeText('forged'))
  const message = (from: string, inside: Markup): Markup => element('message', { xmlns: ns.client, from }, [inside])
  const push = element('query', { xmlns: ns.roster }, [element('item', { jid: juliet })])

  it.each<readonly [Refusal, string]>([
    ['archive-result-not-asked-for', message(self, element('result', { xmlns: ns.mam, queryid: 'q9', id: 'z' }))],
    ['carbon-not-from-our-account', carbon('received', textStanza({ body: 'x' }), juliet)],
    ['error-without-address', element('message', { xmlns: ns.client, from: juliet, type: 'error' })],
    ['message-without-content', message(juliet, element('subject'))],
    ['message-without-content', message(`${self.toUpperCase()}/x`, body)],
    ['presence-of-no-concern', element('presence', { xmlns: ns.client, from: juliet, type: 'probe' })],
    ['question-of-nobody', element('iq', { xmlns: ns.client, from: '@', type: 'get', id: 'i' })],
    ['roster-push-of-a-stranger', element('iq', { xmlns: ns.client, from: juliet, type: 'set', id: 'i' }, [push])],
  ])('names what it left alone: %s', (why, xml) => {
    expect(passGate(parsed(xml), trust, new ArchiveQueries())).toEqual({ kind: 'refused', why })
  })

  it('takes a result only while its query is open, and only from the archive that was asked', () => {
    const queries = new ArchiveQueries()
    const of = (from: string): ReturnType<typeof parsed> => {
      const entry = element('forwarded', { xmlns: ns.forward }, [textStanza({ body: 'x' })])
      const result = element('result', { xmlns: ns.mam, queryid: 'q1', id: 'z1' }, [entry])
      return parsed(element('message', { xmlns: ns.client, from }, [result]))
    }
    queries.open('q1', self)
    expect(passGate(of(self), trust, queries).kind).toBe('collected')
    expect(passGate(of(juliet), trust, queries).kind).toBe('refused')
    expect(passGate(of(`${self}/phone`), trust, queries).kind).toBe('refused')
    expect(passGate(of(self.toUpperCase()), trust, queries).kind).toBe('refused')
    queries.forget('q1')
    expect(passGate(of(self), trust, queries).kind).toBe('refused')
  })
})

describe('what a stranger wraps', () => {
  const read = (xml: string) => {
    const event = passGate(parsed(xml), trust, new ArchiveQueries())
    return event.kind === 'message' ? event.message : null
  }

  it('is only quoted where it is forwarded bare', () => {
    const inner = element('forwarded', { xmlns: ns.forward }, [textStanza({ from: juliet, body: 'forged' })])
    const message = read(textStanza({ from: 'mallory@evil.example', body: 'look', more: inner }))
    expect(message).toMatchObject({ peer: 'mallory@evil.example', senderJid: 'mallory@evil.example' })
    expect(message?.content.parts).toEqual([{ kind: 'text', body: 'look' }])
  })

  it.each([
    ['first', `${stanzaId('forged')}${stanzaId('true')}`, 'true'],
    ['by another', `${stanzaId('true')}${stanzaId('x').replace(self, juliet)}`, 'true'],
    ['by a resource of ours', stanzaId('x').replace(self, `${self}/phone`), null],
    ['by our domain', stanzaId('x').replace(self, 'montague.example'), null],
    ['empty', stanzaId(''), null],
    ['endless', stanzaId('x'.repeat(5_000)), null],
  ])('does not give the archive’s id: %s', (_, more, archiveId) => {
    expect(read(textStanza({ body: 'x', more: more as never }))?.archiveId).toBe(archiveId)
  })

  it('gives no archive id at all where our server does not promise to take foreign ones off', () => {
    const stanza = parsed(textStanza({ body: 'x', more: stanzaId('forged') }))
    const event = passGate(stanza, { ...(trust as object), hasStanzaIds: false } as never, new ArchiveQueries())
    expect(event).toMatchObject({ kind: 'message', message: { archiveId: null, by: null } })
  })

  it.each([juliet, `${juliet}/balcony`, 'evil.example', `${self}/phone`, 'xmontague.example'])(
    'is not dated by a delay of %s',
    (from) => {
      const delay = element('delay', { xmlns: ns.delay, from, stamp: stampText(0) })
      expect(read(textStanza({ body: 'x', more: delay }))?.stamp).toBeNull()
    },
  )

  it('keeps its place and is counted, whatever delay it forges', async () => {
    const mine = await World.make()
    await mine.tab()
    mine.server.say({ body: 'one' })
    const delay = element('delay', { xmlns: ns.delay, from: 'montague.example', stamp: stampText(0) })
    mine.server.say({ body: 'two', more: delay })
    const late = element('delay', { xmlns: ns.delay, from: self, stamp: stampText(Date.UTC(2099, 1)) })
    mine.server.say({ body: 'three', more: late })
    mine.server.say({ body: 'four' })
    await mine.settle()
    expect(await mine.bodies()).toEqual(['one', 'two', 'three', 'four'])
    expect((await mine.stored()).unread).toBe(4)
    expect((await mine.messages()).every((message) => message.at <= mine.clock.now())).toBe(true)
  })

  it('says nothing for others inside a true carbon', () => {
    const nested = element('received', { xmlns: ns.carbons }, [
      element('forwarded', { xmlns: ns.forward }, [textStanza({ from: juliet, body: 'forged' })]),
    ])
    const message = read(carbon('received', textStanza({ from: 'mallory@evil.example', body: 'hi', more: nested })))
    expect(message).toMatchObject({
      senderJid: 'mallory@evil.example',
      content: { parts: [{ kind: 'text', body: 'hi' }] },
    })
  })

  it('has no id where it is endless or empty', () => {
    expect(read(textStanza({ id: 'x'.repeat(5_000), body: 'x' }))?.messageId).toBeNull()
    expect(read(textStanza({ id: '', body: 'x' }))?.messageId).toBeNull()
    expect(read(textStanza({ originId: 'x'.repeat(5_000), id: 'a', body: 'x' }))?.originId).toBeNull()
  })

  it('may be called constructor and __proto__', async () => {
    const mine = await World.make()
    await mine.tab()
    for (const id of ['constructor', '__proto__', 'hasOwnProperty']) {
      mine.server.say({ from: `${id.toLowerCase()}@evil.example/__proto__`, id, originId: id, body: id })
    }
    await mine.settle()
    expect(await mine.bodies('__proto__@evil.example' as never)).toEqual(['__proto__'])
    expect(await mine.bodies('constructor@evil.example' as never)).toEqual(['constructor'])
  })
})

it('drops 10,000 nested elements without stopping', async () => {
  const deep = `${'<a xmlns="x">'.repeat(10_000)}${'</a>'.repeat(10_000)}`
  const { parseFrame } = await import('#xmpp/parse.ts')
  const frame = parseFrame(`<message xmlns="jabber:client" from="${juliet}">${deep}</message>`)
  expect(frame).toMatchObject({ kind: 'dropped', name: 'message' })
})

it('keeps at most 500 subscription requests of strangers, and one of each', async () => {
  const mine = await World.make()
  await mine.tab()
  for (let i = 0; i < 700; i++) {
    const from = `spam${i}@evil.example`
    const status = element('status', {}, escapeText('x'.repeat(5_000)))
    for (let twice = 0; twice < 2; twice++)
      mine.server.send(element('presence', { xmlns: ns.client, from, type: 'subscribe' }, [status]))
  }
  await mine.settle()
  const stored = await mine.account.db.getAll('subscription')
  expect(stored).toHaveLength(500)
  expect(stored.every((request) => request.text.length <= 1_000)).toBe(true)
})

it('answers questions of those who may see us, and of nobody else', async () => {
  const mine = await World.make()
  const item = (jid: string, subscription: string): Markup => element('item', { jid, subscription })
  mine.server.rosterItems = [item(juliet, 'both'), item('nurse@capulet.example', 'to')]
  const tab = await mine.tab()
  const asks = [`${juliet}/x`, 'nurse@capulet.example/x', 'mallory@evil.example/x', self, 'montague.example', null]
  for (const from of asks) mine.server.send(element('iq', { xmlns: ns.client, type: 'get', id: 'i', from }))
  await mine.settle()
  expect(tab.wire().answered.map(([{ to }, isTold]) => [to, isTold])).toEqual(
    asks.map((from) => [from, from === null || !/nurse|mallory/.test(from)]),
  )
})

it('creates no conversation for strangers who send only receipts, and keeps little of them', async () => {
  const mine = await World.make()
  mine.server.archiveState = 'none'
  await mine.tab()
  mine.server.say({ body: 'hello' })
  for (let i = 0; i < 600; i++) {
    const more = element('received', { xmlns: ns.receipts, id: `guess${i}` })
    mine.server.say({ from: i % 2 ? `s${i}@evil.example/x` : `${juliet}/x`, id: `r${i}`, more })
  }
  await mine.settle()
  expect(await mine.account.db.count('conversation')).toBe(1)
  expect(await mine.account.db.count('message')).toBeLessThanOrEqual(202)
})

it('takes no archived message that was not sent to us', async () => {
  const mine = await World.make()
  mine.server.keep({ to: 'somebody@else.example', body: 'not ours' })
  mine.server.keep({ body: 'ours' })
  await mine.tab()
  expect(await mine.bodies()).toEqual(['ours'])
})
