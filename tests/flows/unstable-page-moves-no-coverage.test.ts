/** A page that the archive calls unstable is stored but closes no gap: it is read again. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('reads again from where it was sure, also after live messages', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'sure' })
  await world.settle()
  const sure = (await world.coverage())?.newest
  tab.wire().cut()
  server.forgetStreams()
  server.keep({ body: 'shaky' })
  server.isStable = false
  tab.wire().connect()
  await world.settle()
  expect(await world.bodies()).toEqual(['sure', 'shaky'])
  expect((await world.coverage())?.newest).toBe(sure)
  server.say({ body: 'live' })
  await world.settle()
  expect((await world.coverage())?.newest).toBe(sure)

  // What replication brought late stands between them.
  const late = server.keep({ body: 'late' })
  server.archive = [server.archive[0], server.archive[1], late, server.archive[2]].flatMap((each) => each ?? [])
  server.isStable = true
  server.forgetStreams()
  await world.reconnect(tab)
  expect(await world.bodies()).toEqual(['sure', 'shaky', 'late', 'live'])
  expect((await world.coverage())?.newest).toBe(server.archive.at(-1)?.id)
})

it('does not let a stable page after it cover the unstable one', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'sure' })
  await world.settle()
  const sure = (await world.coverage())?.newest
  tab.wire().cut()
  server.forgetStreams()
  for (let i = 0; i < 300; i++) server.keep({ body: `missed ${i}` })
  const before = server.queries.length
  server.beforePage = () => {
    server.isStable = server.queries.length !== before + 1
  }
  tab.wire().connect()
  await world.settle()
  expect((await world.coverage())?.newest).toBe(sure)
  expect(await world.bodies()).toHaveLength(301)
})
