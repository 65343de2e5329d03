/** A tab still believes to lead when its person presses Enter: another one does by now, and carries it out, once. */
import { expect, it } from 'vitest'
import { takeEpoch } from '#storage/database.ts'
import { juliet } from './stage/server.ts'
import { World } from './stage/world.ts'

it('is carried out by the new leader', async () => {
  const world = await World.make()
  const first = await world.tab()
  const opened = await first.engine.execute({ do: 'open', jid: juliet })
  const conversation = opened.ok ? (opened.id ?? '') : ''
  const second = await world.tab()
  first.tabs.freeze()
  await world.pass(2_000)
  expect([first.engine.isLeader, second.engine.isLeader]).toEqual([true, true])
  const answer = first.engine.execute({ do: 'send', conversation, originId: 'x', body: 'hello' })
  await world.settle()
  first.tabs.thaw()
  await world.pass(10_000)
  expect(await answer).toEqual({ ok: true, id: null })
  expect(world.server.bodiesHeard).toEqual(['hello'])
  expect(await world.bodies()).toEqual(['hello'])
})

it('is carried out where the tab leads again', async () => {
  const world = await World.make()
  const only = await world.tab()
  const opened = await only.engine.execute({ do: 'open', jid: juliet })
  await takeEpoch(world.account)
  const conversation = opened.ok ? (opened.id ?? '') : ''
  const answer = only.engine.execute({ do: 'send', conversation, originId: 'x', body: 'hello' })
  await world.pass(5_000)
  expect(await answer).toEqual({ ok: true, id: null })
  expect(world.server.bodiesHeard).toEqual(['hello'])
})
