/** A leader dies after a commit and before it told of it: whoever leads next has every tab look again. */
import { expect, it } from 'vitest'
import { World, type Tab } from './stage/world.ts'

const lookAgain = (tab: Tab): number => tab.changes.filter(({ kind }) => kind === 'everything').length

it('lets no tab miss what is stored', async () => {
  const world = await World.make()
  const [first, second, third] = [await world.tab(), await world.tab(), await world.tab()]
  second.tabs.loses = third.tabs.loses = (message) => (message as { kind: string }).kind === 'changed'
  world.server.say({ body: 'stored, not told' })
  await world.settle()
  expect(await world.bodies()).toEqual(['stored, not told'])
  expect(second.changes).toEqual([])
  second.tabs.loses = third.tabs.loses = () => false
  first.kill()
  await world.settle()
  expect(second.engine.isLeader).toBe(true)
  expect([lookAgain(second), lookAgain(third)]).toEqual([1, 1])
})

it('reads nothing again where a tab is the first and only one', async () => {
  const world = await World.make()
  const only = await world.tab()
  expect(lookAgain(only)).toBe(0)
})
