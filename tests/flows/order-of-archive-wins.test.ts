/** The device's clock may be a day off, in either way, and the archive's order stands. */
import { expect, it } from 'vitest'
import { juliet, self } from './stage/server.ts'
import { World } from './stage/world.ts'

it.each([
  [86_400_000, null],
  [-86_400_000, null],
  [86_400_000, 'told'],
  [-86_400_000, 'told'],
] as const)('with a clock off by %i ms, server time %s', async (off, told) => {
  const world = await World.make()
  world.clock.jump(off)
  world.server.clockOffset = told === null ? null : -off
  const tab = await world.tab()
  const { server } = world
  server.say({ body: '1' })
  await world.pass(1_000)
  await world.send(tab, '2')
  await world.pass(1_000)
  server.say({ body: '3' })
  await world.pass(1_000)
  tab.wire().cut()
  server.forgetStreams()
  server.keep({ body: '4' })
  await world.pass(1_000)
  server.keep({ from: `${self}/phone`, to: juliet, body: '5' })
  await world.pass(1_000)
  tab.wire().connect()
  server.say({ body: '6' })
  await world.settle()
  await world.pass(5_000)
  await world.send(tab, '7')
  await world.pass(5_000)
  expect(await world.bodies()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  expect(server.archive.map((entry) => /<body>(.)/.exec(entry.xml)?.[1])).toEqual(['1', '2', '3', '4', '5', '6', '7'])
})

it('moves a message of ours behind what the server had first', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'hello' })
  await world.settle()
  tab.wire().onSend = (xml) => {
    // Theirs crosses ours on the way: the server has it first, we hear it later.
    if (xml.includes('<body>ours')) server.keep({ body: 'theirs' })
  }
  await world.send(tab, 'ours')
  await world.pass(5_000)
  expect(await world.bodies()).toEqual(['hello', 'theirs', 'ours'])
})
