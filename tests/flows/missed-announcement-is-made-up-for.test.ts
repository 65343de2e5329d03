/** What is announced while a page is held by a dialog or a debugger never reaches it: it finds out, and looks again. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

const isAnnouncement = (message: unknown): boolean => (message as { kind: string }).kind === 'changed'

async function deaf() {
  const world = await World.make()
  await world.tab()
  const second = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  await world.pass(2_000)
  second.tabs.loses = isAnnouncement
  world.server.say({ body: 'two' })
  await world.settle()
  second.tabs.loses = () => false
  second.changes.splice(0)
  return { world, second }
}

it('by the next question of a visible tab', async () => {
  const { world, second } = await deaf()
  await world.pass(1_000)
  expect(second.changes).toEqual([{ kind: 'everything' }])
  await world.pass(5_000)
  expect(second.changes).toHaveLength(1)
})

it('by the next announcement', async () => {
  const { world, second } = await deaf()
  second.network.change({ visible: false })
  world.server.say({ body: 'three' })
  await world.settle()
  expect(second.changes.slice(0, 1)).toEqual([{ kind: 'everything' }])
})
