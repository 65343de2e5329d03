/** A session that is cut before the server has our presence, and is resumed, is announced: nobody else would tell that we are there. */
import { expect, it } from 'vitest'
import { World, type Tab } from './stage/world.ts'

const presences = (world: World): number => world.server.heard.filter((xml) => xml.startsWith('<presence')).length

/** A session that starts anew; `midway` happens when its archive is asked. */
async function renewed(world: World, tab: Tab, midway: () => void): Promise<void> {
  tab.wire().cut()
  world.server.forgetStreams()
  world.server.heard.length = 0
  world.server.beforePage = midway
  tab.wire().connect()
  await world.settle()
  world.server.beforePage = () => undefined
}

it('announces what was cut before the presence was written', async () => {
  const world = await World.make()
  const tab = await world.tab()
  await renewed(world, tab, () => tab.wire().cut())
  expect(presences(world)).toBe(0)
  tab.wire().connect()
  await world.settle()
  expect(world.server.resumes).toHaveLength(1)
  expect(presences(world)).toBe(1)
})

it('announces again what was lost with the connection', async () => {
  const world = await World.make()
  const tab = await world.tab()
  await renewed(world, tab, () => (world.server.losesWhatIsSent = true))
  expect(tab.engine.state.connection.phase).toBe('online')
  expect(presences(world)).toBe(0)
  world.server.losesWhatIsSent = false
  await world.reconnect(tab)
  expect(world.server.resumes).toHaveLength(1)
  expect(presences(world)).toBe(1)
})

it('says it once where the server has it, also after a reload', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'heard' })
  await world.settle()
  await world.reconnect(tab)
  tab.kill()
  await world.tab()
  expect(world.server.resumes).toHaveLength(2)
  expect(presences(world)).toBe(1)
})
