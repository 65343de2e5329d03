/** The leader did what a follower asked, and the answer never arrived: the follower notices, and hears what is true. */
import { expect, it } from 'vitest'
import type { Command, CommandResult } from '#model/command.ts'
import { juliet, nurse } from './stage/server.ts'
import { World, type Tab } from './stage/world.ts'

interface Asked {
  readonly world: World
  readonly leader: Tab
  readonly follower: Tab
  readonly result: () => CommandResult | null
}

/** Asked by a follower, carried out, and answered to nobody. */
async function asked(command: (conversation: string) => Command): Promise<Asked> {
  const world = await World.make()
  const leader = await world.tab()
  const opened = await leader.engine.execute({ do: 'open', jid: juliet })
  const follower = await world.tab()
  follower.tabs.loses = (message) => (message as { kind: string }).kind === 'answer'
  let result: CommandResult | null = null
  void follower.engine.execute(command((opened.ok && opened.id) || '')).then((answer) => (result = answer))
  await world.settle()
  expect(await world.root.count('request')).toBe(0)
  follower.tabs.loses = () => false
  return { world, leader, follower, result: () => result }
}

const send = (body: string) => (conversation: string) => ({ do: 'send', conversation, originId: 'x', body }) as const

it('that it was sent, once', async () => {
  const { world, result } = await asked(send('hello'))
  expect(result()).toBeNull()
  await world.pass(10_000)
  expect(result()).toEqual({ ok: true, id: null })
  expect(world.server.bodiesHeard).toEqual(['hello'])
  expect(await world.root.count('request')).toBe(0)
})

it('that it was refused', async () => {
  const { world, result } = await asked(send('x'.repeat(70_000)))
  await world.pass(10_000)
  expect(result()).toMatchObject({ ok: false, failure: { what: 'message-too-large' } })
})

it('which conversation was opened', async () => {
  const { world, result } = await asked(() => ({ do: 'open', jid: nurse }))
  await world.pass(10_000)
  expect(result()).toEqual({ ok: true, id: await world.conversation(nurse) })
})

it('also when the leader died after it', async () => {
  const { world, leader, follower, result } = await asked(send('hello'))
  leader.kill()
  await world.pass(15_000)
  expect(follower.engine.isLeader).toBe(true)
  expect(result()).toEqual({ ok: true, id: null })
  expect(world.server.bodiesHeard).toEqual(['hello'])
})
