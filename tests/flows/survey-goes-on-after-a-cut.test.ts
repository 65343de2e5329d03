/** On a new device the connection breaks while the last lines of contacts are asked for: the next session asks for the rest. */
import { expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import type { BareJid } from '#model/jid.ts'
import { element } from '#xmpp/element.ts'
import { juliet, nurse } from './stage/server.ts'
import { World } from './stage/world.ts'

it('until every contact has its lines, and no longer', async () => {
  const world = await World.make()
  const { server } = world
  server.rosterItems = [element('item', { jid: nurse, subscription: 'both' })]
  server.keep({ from: `${nurse}/house`, body: 'long ago' }, server.now - 60_000)
  for (let at = 0; at < 150; at++) server.keep({ from: `${juliet}/balcony`, body: `news ${at}` })
  server.isUp = false
  const tab = await world.tab()
  let isCut = false
  server.beforePage = ({ with: peer }) => {
    if (peer !== nurse || isCut) return
    isCut = true
    tab.wire().cut()
    server.forgetStreams()
  }
  server.isUp = true
  tab.wire().connect()
  await world.pass(1_000)
  expect(isCut).toBe(true)
  expect(await world.bodies(nurse)).toEqual([])

  tab.wire().connect()
  await world.pass(1_000)
  expect(await world.bodies(nurse)).toEqual(['long ago'])
  const asked = server.queries.length
  tab.wire().cut()
  server.forgetStreams()
  tab.wire().connect()
  await world.pass(1_000)
  expect(server.queries.slice(asked).filter((query) => query.with !== null)).toEqual([])
})

it('and one contact that is refused holds up no other, nor asks for them again', async () => {
  const world = await World.make()
  const { server } = world
  const [paris, silent] = ['paris@verona.example', 'silent@verona.example'] as BareJid[] as [BareJid, BareJid]
  server.rosterItems = [nurse, paris, silent].map((jid) => element('item', { jid, subscription: 'both' }))
  server.keep({ from: `${paris}/street`, body: 'long ago' }, server.now - 60_000)
  for (let at = 0; at < 150; at++) server.keep({ from: `${juliet}/balcony`, body: `news ${at}` })
  server.beforePage = ({ with: peer }) => {
    if (peer === nurse) throw new Failed('stanza-refused', 'ask', 'internal-server-error')
  }
  await world.tab()
  await world.pass(300_000)
  expect(await world.bodies(paris)).toEqual(['long ago'])
  expect(server.queries.filter((query) => query.with === silent)).toHaveLength(1)
})
