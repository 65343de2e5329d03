/** A message that arrives while the archive is still read does not say that everything before it is here. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('moves coverage only page by page, also when the reading is cut short', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'zero' })
  await world.settle()
  tab.wire().cut()
  server.forgetStreams()
  for (let i = 0; i < 300; i++) server.keep({ body: `missed ${i}` })
  const before = (await world.coverage())?.newest
  server.beforePage = () => {
    server.beforePage = () => {
      throw new Error('cut')
    }
    server.say({ body: 'live' })
  }
  tab.wire().connect()
  await world.settle()
  expect((await world.coverage())?.newest).not.toBe(before)
  expect((await world.coverage())?.newest).not.toBe(server.archive.at(-1)?.id)
  server.beforePage = () => undefined
  server.forgetStreams()
  await world.reconnect(tab)
  expect(await world.bodies()).toEqual(['zero', ...Array.from({ length: 300 }, (_, i) => `missed ${i}`), 'live'])
})

it('does not take a session as caught up whose reading ended after it was cut', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'zero' })
  await world.settle()
  tab.wire().cut()
  // Nothing is announced on a resumed session that could fail.
  server.keep({ body: 'first missed' })
  tab.wire().connect()
  // Cut while the page is being written: its transaction goes on, the session does not.
  const { pages } = server
  while (server.pages === pages) await new Promise((done) => setImmediate(done))
  tab.wire().cut()
  await world.settle()
  server.forgetStreams()
  server.keep({ body: 'second missed' })
  let wait: () => void = () => undefined
  server.beforePage = () => new Promise<void>((done) => (wait = done))
  tab.wire().connect()
  await world.settle()
  expect(tab.engine.state.connection.phase).toBe('catching-up')
  server.say({ body: 'live' })
  await world.settle()
  expect((await world.coverage())?.newest).not.toBe(server.archive.at(-1)?.id)
  server.beforePage = () => undefined
  wait()
  await world.settle()
  expect(await world.bodies()).toEqual(['zero', 'first missed', 'second missed', 'live'])
})
