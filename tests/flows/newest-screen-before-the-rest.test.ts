/** After a long absence the newest screen, and that of the conversation in sight, come before what lies between; nothing is out of order. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'
import { juliet, nurse } from './stage/server.ts'

it('is read first, and everything stands in the order of the archive', async () => {
  const world = await World.make()
  const { server } = world
  server.keep({ body: 'first' })
  server.keep({ from: `${nurse}/house`, body: 'nurse first' })
  const tab = await world.tab()
  await world.pass(1_000)
  const conversation = await world.conversation(nurse)
  tab.engine.look({ isVisible: true, hasFocus: false, idle: null, conversation, seen: null })
  tab.wire().cut()
  server.forgetStreams()
  await world.pass(60_000)
  // Whole seconds, as servers stamp: many share one.
  const second = (at: number): number => Math.floor((server.now + at * 50) / 1000) * 1000
  const nurses = Array.from({ length: 60 }, (_, at) => `nurse ${at}`)
  const juliets = Array.from({ length: 800 }, (_, at) => `juliet ${at}`)
  for (const [at, body] of nurses.entries()) server.keep({ from: `${nurse}/house`, body }, second(at))
  for (const [at, body] of juliets.entries()) server.keep({ from: `${juliet}/balcony`, body }, second(60 + at))
  await world.pass(60_000)

  const asked = server.queries.length
  let early: (string | null)[][] = []
  server.beforePage = async () => {
    if (server.queries.length === asked + 4) early = [await world.bodies(juliet), await world.bodies(nurse)]
  }
  tab.wire().connect()
  await world.pass(5_000)
  expect(server.queries.slice(asked, asked + 4).map((query) => [query.with, query.before])).toEqual([
    [null, null],
    [null, ''],
    [nurse, ''],
    [null, null],
  ])
  expect(early.map((bodies) => bodies.at(-1))).toEqual(['juliet 799', 'nurse 59'])
  expect(await world.bodies(juliet)).toEqual(['first', ...juliets])
  expect(await world.bodies(nurse)).toEqual(['nurse first', ...nurses])
  expect((await world.stored(juliet)).unread).toBe(juliets.length)
})

it('may reach back into what is covered, and moves nothing there', async () => {
  const world = await World.make()
  const { server } = world
  server.keep({ body: 'first' })
  const tab = await world.tab()
  await world.pass(1_000)
  tab.wire().cut()
  server.forgetStreams()
  await world.pass(60_000)
  // One page and a little more: the newest screen begins in the page before it. All in one second.
  const bodies = Array.from({ length: 290 }, (_, at) => `juliet ${at}`)
  for (const body of bodies) server.keep({ body }, Math.floor(server.now / 1000) * 1000)
  await world.pass(60_000)
  tab.wire().connect()
  await world.pass(5_000)
  expect(await world.bodies(juliet)).toEqual(['first', ...bodies])
})

it('is read again by the session after one that was cut while it was stored', async () => {
  const world = await World.make()
  const { server } = world
  server.keep({ body: 'first' })
  const tab = await world.tab()
  await world.pass(60_000)
  tab.wire().cut()
  server.forgetStreams()
  for (let at = 0; at < 600; at++) server.keep({ body: `${at}` })
  const screens = (): number => server.queries.filter(({ before, max }) => before === '' && max === 50).length
  const { pages } = server
  tab.wire().connect()
  while (server.pages < pages + 2) await new Promise((done) => setImmediate(done))
  expect(screens()).toBe(1)
  tab.wire().cut()
  server.forgetStreams()
  await world.settle()
  server.keep({ body: 'said meanwhile' })
  tab.wire().connect()
  await world.settle()
  expect(screens()).toBe(2)
  expect(await world.bodies()).toHaveLength(602)
})
