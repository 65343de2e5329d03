/** What was begun in one session and ends in the next says nothing of the next, and is not sent on it as if it were the same. */
import { expect, it } from 'vitest'
import { World, type Tab } from './stage/world.ts'

/** A new session before anything that is being written has been. */
function renew(world: World, tab: Tab): void {
  tab.wire().cut()
  world.server.forgetStreams()
  tab.wire().connect()
}

it('does not count as caught up by a page that was written after the cut', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  await world.reconnect(tab)
  tab.wire().cut()
  const { pages } = server
  server.keep({ body: 'missed' })
  tab.wire().connect()
  while (server.pages === pages) await new Promise((done) => setImmediate(done))
  tab.wire().cut()
  await world.settle()
  expect(await world.bodies()).toEqual(['missed'])
  expect(tab.engine.state.connection.phase).toBe('waiting')
})

it('does not send on the next session what was taken for the last', async () => {
  const world = await World.make()
  world.server.archiveState = 'none'
  const tab = await world.tab()
  const opened = await tab.engine.execute({ do: 'open', jid: 'juliet@capulet.example' as never })
  const conversation = (opened.ok && opened.id) || ''
  await tab.engine.execute({ do: 'send', conversation, originId: 'o', body: 'once' })
  world.server.answersAcks = false
  renew(world, tab)
  await world.settle()
  expect(world.server.bodiesHeard).toEqual(['once'])
  // Not "maybe sent": it never was on the wire of the session that ended.
  expect(await world.statusOf('once')).toBe('sending')
})

it('does not tell the next session how far the last one was', async () => {
  const world = await World.make()
  const tab = await world.tab()
  for (let i = 0; i < 20; i++) world.server.say({ body: `${i}` })
  await world.settle()
  // It counts, and nothing is stored for it: its number must be written before it is told.
  world.server.send('<presence xmlns="jabber:client" from="nobody@elsewhere.example" type="probe"/>')
  await world.settle()
  tab.wire().askForAck()
  renew(world, tab)
  await world.settle()
  expect(world.server.acks.filter((h) => h > 10)).toEqual([])
  expect(tab.engine.state.connection.phase).toBe('online')
})
