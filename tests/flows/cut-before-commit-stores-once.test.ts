/** A connection breaks while what it brought is being written: that counts for the session when it is resumed, and is not sent again. */
import { afterEach, expect, it } from 'vitest'
import { refuseWrites } from './stage/disk.ts'
import { textStanza } from './stage/server.ts'
import { World, type Tab } from './stage/world.ts'

afterEach(() => refuseWrites(null))

/** Where no archive is and a message has no id, nothing but the count tells that it is here already. */
async function made(): Promise<{ world: World; tab: Tab }> {
  const world = await World.make()
  world.server.archiveState = 'none'
  const tab = await world.tab()
  world.server.send(textStanza({ body: 'before' }))
  await world.settle()
  return { world, tab }
}

const nameless = textStanza({ body: 'nameless', id: null })

it('when it is made again at once', async () => {
  const { world, tab } = await made()
  world.server.send(nameless)
  tab.wire().cut()
  tab.wire().connect()
  await world.settle()
  world.server.send(textStanza({ body: 'after' }))
  await world.settle()
  expect(world.server.resumes).toHaveLength(1)
  expect(await world.bodies()).toEqual(['before', 'nameless', 'after'])
})

it('when the disk takes it late: no session is opened before', async () => {
  const { world, tab } = await made()
  refuseWrites('QuotaExceededError')
  world.server.send(nameless)
  await world.settle()
  tab.wire().cut()
  tab.wire().connect()
  await world.pass(30_000)
  expect(tab.wire().isOpen).toBe(false)
  expect(world.server.resumes).toEqual([])
  refuseWrites(null)
  await world.pass(5_000)
  expect(tab.wire().isOpen).toBe(true)
  expect(world.server.resumes).toHaveLength(1)
  expect(await world.bodies()).toEqual(['before', 'nameless'])
})

it('when it is resumed by another page', async () => {
  const { world, tab } = await made()
  refuseWrites('UnknownError')
  world.server.send(nameless)
  await world.settle()
  tab.wire().cut()
  refuseWrites(null)
  await world.pass(2_000)
  tab.kill()
  await world.tab()
  expect(world.server.resumes).toHaveLength(1)
  expect(await world.bodies()).toEqual(['before', 'nameless'])
})
