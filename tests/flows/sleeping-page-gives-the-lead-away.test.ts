/** A page that the browser puts to sleep may still hear messages, and does nothing else: it neither leads nor stands in line. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('hands over at once, and follows when it wakes', async () => {
  const world = await World.make()
  const first = await world.tab()
  const second = await world.tab()
  second.network.change({ visible: false })
  first.network.change({ frozen: true })
  await world.settle()
  expect([first.engine.isLeader, second.engine.isLeader]).toEqual([false, true])
  expect(world.server.resumes).toHaveLength(1)
  world.server.say({ body: 'said meanwhile' })
  await world.settle()
  first.network.change({ frozen: false })
  await world.pass(10_000)
  expect([first.engine.isLeader, second.engine.isLeader]).toEqual([false, true])
  expect(await world.bodies()).toEqual(['said meanwhile'])
})

it('lets the next in line lead that is awake', async () => {
  const world = await World.make()
  const [first, second, third] = [await world.tab(), await world.tab(), await world.tab()]
  second.network.change({ frozen: true })
  first.kill()
  await world.settle()
  expect([second.engine.isLeader, third.engine.isLeader]).toEqual([false, true])
  second.network.change({ frozen: false })
  third.kill()
  await world.settle()
  expect(second.engine.isLeader).toBe(true)
})

it('leads again when it wakes where it is alone', async () => {
  const world = await World.make()
  const only = await world.tab()
  only.network.change({ frozen: true })
  await world.settle()
  expect(only.engine.isLeader).toBe(false)
  only.network.change({ frozen: false })
  await world.settle()
  expect(only.engine.isLeader).toBe(true)
  world.server.say({ body: 'heard' })
  await world.settle()
  expect(await world.bodies()).toEqual(['heard'])
})

it('reads nothing before it wakes, and then all', async () => {
  const world = await World.make()
  await world.tab()
  const second = await world.tab()
  second.network.change({ frozen: true })
  const before = second.changes.length
  for (const body of ['one', 'two']) world.server.say({ body })
  await world.settle()
  expect(second.changes).toHaveLength(before)
  second.network.change({ frozen: false })
  await world.settle()
  expect(second.changes.slice(before)).toEqual([{ kind: 'everything' }])
})

it('hears of no state before it wakes: screens read by it', async () => {
  const world = await World.make()
  const first = await world.tab()
  const second = await world.tab()
  second.network.change({ frozen: true })
  const before = second.states.length
  first.wire().cut()
  await world.settle()
  expect(second.states).toHaveLength(before)
  second.network.change({ frozen: false })
  await world.settle()
  expect(second.engine.state.connection.phase).toBe(first.engine.state.connection.phase)
})

it('hears no answer before it wakes, to a question or a command', async () => {
  const world = await World.make()
  await world.tab()
  const second = await world.tab()
  const heard: string[] = []
  void second.engine.ask({ ask: 'older', conversation: 'none' as never }).then(() => heard.push('question'))
  void second.engine.execute({ do: 'open', jid: 'juliet@capulet.example' as never }).then(() => heard.push('command'))
  await Promise.resolve()
  second.network.change({ frozen: true })
  await world.settle()
  expect(heard).toEqual([])
  second.network.change({ frozen: false })
  await world.settle()
  expect(heard.sort()).toEqual(['command', 'question'])
})
