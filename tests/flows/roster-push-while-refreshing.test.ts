/** A push that comes with the answer to our question is not undone by it. */
import { expect, it } from 'vitest'
import { element, type Markup } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { juliet, nurse } from './stage/server.ts'
import { World } from './stage/world.ts'

const item = (jid: string, subscription: string): Markup => element('item', { jid, subscription })
const push = (...items: Markup[]): Markup =>
  element('iq', { xmlns: ns.client, type: 'set', id: 'p' }, [element('query', { xmlns: ns.roster, ver: '2' }, items)])

it('keeps what was pushed after the answer, and drops what it removed', async () => {
  const world = await World.make()
  world.server.rosterItems = [item(juliet, 'both'), item(nurse, 'both')]
  world.server.rosterVersion = '1'
  const tab = await world.tab()
  expect((await world.account.db.getAllKeys('roster')).sort()).toEqual([juliet, nurse])
  tab.wire().cut()
  world.server.forgetStreams()
  tab.wire().connect()
  while (!tab.wire().isOpen) await new Promise((done) => setImmediate(done))
  world.server.send(push(item('new@capulet.example', 'to')))
  world.server.rosterItems = [item(juliet, 'both'), item(nurse, 'both'), item('new@capulet.example', 'to')]
  await world.settle()
  world.server.send(push(item(nurse, 'remove')))
  await world.settle()
  expect((await world.account.db.getAllKeys('roster')).sort()).toEqual([juliet, 'new@capulet.example'])
  expect((await world.account.db.get('meta', 'roster'))?.value).toBe('2')
})

it('drops a request that we accepted elsewhere', async () => {
  const world = await World.make()
  await world.tab()
  world.server.send(element('presence', { xmlns: ns.client, from: nurse, type: 'subscribe' }))
  await world.settle()
  expect(await world.account.db.count('subscription')).toBe(1)
  world.server.send(push(item(nurse, 'from')))
  await world.settle()
  expect(await world.account.db.count('subscription')).toBe(0)
})

it('keeps no version after a push that could not be read, whatever comes behind it: all is asked for again', async () => {
  const world = await World.make()
  world.server.rosterItems = [item(juliet, 'both')]
  world.server.rosterVersion = '1'
  await world.tab()
  const version = async () => (await world.account.db.get('meta', 'roster'))?.value as unknown
  const before = await version()
  world.server.send(push(item('@', 'both')))
  world.server.send(push(item(nurse, 'both')))
  await world.settle()
  expect([typeof before, await version()]).toEqual(['string', undefined])
  expect((await world.account.db.getAllKeys('roster')).sort()).toEqual([juliet, nurse])
})
