/** What followers ask to be stored is stored, however long the server takes over what others ask of it. */
import { expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import type { Message } from '#model/message.ts'
import { isBrokenMessage } from '#storage/read/message.ts'
import { juliet, nurse } from './stage/server.ts'
import { FakeWire } from './stage/wire.ts'
import { World } from './stage/world.ts'

const never = (): Promise<never> => new Promise(() => undefined)

/** A leader, a follower, and one message whose row cannot be read. */
async function withBroken() {
  const world = await World.make()
  const { server } = world
  const leader = await world.tab()
  const follower = await world.tab()
  server.say({ body: 'broken' })
  await world.pass(60_000)
  const [message] = (await world.messages()) as [Message]
  const row = await world.account.db.get('message', message.localId)
  if (row) await world.account.db.put('message', { ...row, sealed: { key: 1, body: 'x' } })
  expect((await world.messages()).map(isBrokenMessage)).toEqual([true])
  const mend = { do: 'mend', localId: message.localId } as const
  const send = (body: string, originId = body) =>
    follower.engine.execute({ do: 'send', conversation: message.conversation, originId, body })
  return { world, server, leader, follower, mend, send }
}

it('while the archive is asked for what is broken', async () => {
  const { world, server, follower, mend, send } = await withBroken()
  server.beforePage = never
  const mending = follower.engine.execute(mend)
  const sending = send('hello')
  await world.settle()
  expect(await Promise.all([mending, sending])).toEqual([
    { ok: true, id: null },
    { ok: true, id: null },
  ])
  expect(server.bodiesHeard).toEqual(['hello'])
})

it('while the roster is changed, which keeps its own order', async () => {
  const { world, server, leader, follower, send } = await withBroken()
  const asked: string[] = []
  let answer = (): void => undefined
  leader.wire().setRosterItem = (jid) => {
    asked.push(jid)
    return new Promise((resolve) => (answer = resolve))
  }
  void follower.engine.execute({ do: 'roster-add', jid: nurse, name: '' })
  await world.pass(1)
  void follower.engine.execute({ do: 'roster-rename', jid: juliet, name: 'J' })
  await world.pass(1)
  const sending = send('hello')
  await world.settle()
  expect(await sending).toEqual({ ok: true, id: null })
  expect(server.bodiesHeard).toEqual(['hello'])
  expect(asked).toEqual([nurse])
  answer()
  await world.settle()
  expect(asked).toEqual([nurse, juliet])
  answer()
  await world.settle()
  expect(await world.root.count('request')).toBe(0)
})

it('and what is broken is looked for again where that failed', async () => {
  const { world, server, follower, mend } = await withBroken()
  server.beforePage = () => {
    server.beforePage = () => undefined
    throw new Error('too busy')
  }
  expect(await follower.engine.execute(mend)).toEqual({ ok: true, id: null })
  await world.settle()
  expect((await world.messages()).map(isBrokenMessage)).toEqual([true])
  await world.pass(10_000)
  expect(await world.bodies()).toEqual(['broken'])
})

it('and what cannot be mended holds up nothing that can', async () => {
  const { world, server, follower, mend } = await withBroken()
  server.say({ body: 'second' })
  await world.pass(60_000)
  const second = (await world.messages())[1] as Message
  const row = await world.account.db.get('message', second.localId)
  if (row) await world.account.db.put('message', { ...row, sealed: { key: 1, body: 'x' } })
  const [first] = (await world.messages()) as [Message]
  server.beforePage = ({ start }) => {
    if (start !== null && start < first.at - 5_000) throw new Failed('not-allowed', 'ask', 'of all that old')
  }
  await follower.engine.execute(mend)
  await world.settle()
  await follower.engine.execute({ do: 'mend', localId: second.localId })
  await world.settle()
  expect((await world.messages()).map(isBrokenMessage)).toEqual([true, false])
})

it('and also where the page did not know yet what the server can', async () => {
  const { world, leader, follower, mend } = await withBroken()
  let discovered = (): void => undefined
  world.makeWire = (resume, heard) => {
    const wire = new FakeWire(world.server, resume, heard)
    const discover = wire.discover.bind(wire)
    wire.discover = async () => {
      await new Promise<void>((resolve) => (discovered = resolve))
      return discover()
    }
    return wire
  }
  leader.kill()
  await world.settle()
  expect(follower.engine.state.connection.phase).toBe('catching-up')
  expect(await follower.engine.execute(mend)).toEqual({ ok: true, id: null })
  await world.settle()
  discovered()
  await world.settle()
  expect(await world.bodies()).toEqual(['broken'])
})
