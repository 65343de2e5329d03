/** What another device has read stands, also where this one has not got it: neither takes back what the other told. */
import { expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import { juliet, stanzaId, textStanza, withChild } from './stage/server.ts'
import { World, type Tab } from './stage/world.ts'

async function readTo(world: World, tab: Tab, at: number): Promise<void> {
  const row = (await world.messages()).at(at)
  const conversation = await world.conversation()
  await tab.engine.execute({ do: 'read', conversation, localId: row?.localId ?? 0 })
}

/** One message, read here and told. */
async function withOneRead() {
  const world = await World.make()
  const tab = await world.tab()
  const first = world.server.say({ body: 'first' })
  await world.settle()
  await readTo(world, tab, -1)
  await world.pass(20_000)
  expect(world.server.displayed.get(juliet)).toBe(first?.id)
  return { world, tab, server: world.server, first: first?.id ?? '' }
}

/** How often ours went over the other's in this time, where the other puts its own back each time. */
async function fights(world: World, theirs: string, seconds: number): Promise<number> {
  let lost = 0
  for (let second = 0; second < seconds; second++) {
    await world.pass(1_000)
    if (world.server.displayed.get(juliet) === theirs) continue
    lost++
    world.server.display(juliet, theirs)
  }
  return lost
}

it('and what was said to the other device alone is looked for', async () => {
  const { world, server } = await withOneRead()
  const second = server.keep({ body: 'second' })
  server.display(juliet, second.id)
  expect(await fights(world, second.id, 30)).toBe(0)
  expect(await world.bodies()).toEqual(['first', 'second'])
  expect((await world.stored()).unread).toBe(0)
})

it('and what nobody can find stands until something more is read here', async () => {
  const { world, tab, server } = await withOneRead()
  server.display(juliet, 'elsewhere')
  expect(await fights(world, 'elsewhere', 120)).toBe(0)
  const second = server.say({ body: 'second' })
  await world.settle()
  await readTo(world, tab, -1)
  await world.pass(2_000)
  expect(server.displayed.get(juliet)).toBe(second?.id)
})

it('and what the archive does not have gives way once, when all of it was read', async () => {
  const { world, tab, server } = await withOneRead()
  tab.wire().cut()
  server.forgetStreams()
  server.displayed.set(juliet, 'forgotten')
  tab.wire().connect()
  expect(await fights(world, 'forgotten', 120)).toBe(1)
})

it('and what comes while ours is on its way is not forgotten', async () => {
  const { world, tab, server } = await withOneRead()
  server.say({ body: 'second' })
  await world.settle()
  const third = server.keep({ body: 'third' })
  const wire = tab.wire()
  const publish = wire.publishDisplayed.bind(wire)
  wire.publishDisplayed = async (displayed) => {
    await publish(displayed)
    server.display(juliet, third.id)
    await world.settle()
  }
  await readTo(world, tab, -1)
  await world.settle()
  server.send(withChild(textStanza({ body: 'third' }), stanzaId(third.id)))
  await world.settle()
  expect((await world.stored()).unread).toBe(0)
})

it('and is asked less and less often where it says later', async () => {
  const { world, tab, server } = await withOneRead()
  const wire = tab.wire()
  const publish = wire.publishDisplayed.bind(wire)
  let tries = 0
  wire.publishDisplayed = () => {
    tries++
    return Promise.reject(new Failed('stanza-refused', 'wait', 'resource-constraint'))
  }
  const second = server.say({ body: 'second' })
  await world.settle()
  await readTo(world, tab, -1)
  await world.pass(600_000)
  expect(tries).toBeLessThan(12)
  wire.publishDisplayed = publish
  await world.pass(300_000)
  expect(server.displayed.get(juliet)).toBe(second?.id)
})

it('and is read again where the node says later', async () => {
  const { world, tab, server } = await withOneRead()
  const second = server.say({ body: 'second' })
  await world.settle()
  tab.wire().cut()
  server.forgetStreams()
  server.displayed.set(juliet, second?.id ?? '')
  const wire = tab.wire()
  const read = wire.readDisplayed.bind(wire)
  wire.readDisplayed = () => {
    wire.readDisplayed = read
    return Promise.reject(new Failed('stanza-timeout', 'wait', 'no answer'))
  }
  wire.connect()
  await world.pass(20_000)
  expect((await world.stored()).unread).toBe(0)
})
