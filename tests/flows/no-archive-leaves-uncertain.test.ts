/** Without archive and without a count nobody can tell whether it was sent: the person decides, or a receipt does. */
import { expect, it } from 'vitest'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { World } from './stage/world.ts'

async function uncertain(): Promise<{ world: World; tab: Awaited<ReturnType<World['tab']>> }> {
  const world = await World.make()
  world.server.archiveState = 'none'
  const tab = await world.tab()
  world.server.answersAcks = false
  await world.send(tab, 'perhaps')
  world.server.forgetStreams()
  await world.reconnect(tab)
  return { world, tab }
}

it('is not sent again by itself', async () => {
  const { world } = await uncertain()
  expect(await world.statusOf('perhaps')).toBe('uncertain')
  expect(world.server.bodiesHeard).toEqual(['perhaps'])
})

it('is sent again with the same id when the person wants it', async () => {
  const { world, tab } = await uncertain()
  world.server.answersAcks = true
  await tab.engine.execute({ do: 'retry', localId: (await world.messages())[0]?.localId ?? 0 })
  await world.settle()
  expect(world.server.bodiesHeard).toEqual(['perhaps', 'perhaps'])
  expect(world.server.heard.at(-1)).toContain('id="o-perhaps"')
  expect(await world.statusOf('perhaps')).toBe('sent')
})

it('is settled by a receipt', async () => {
  const { world } = await uncertain()
  world.server.say({ id: 'r', more: element('received', { xmlns: ns.receipts, id: 'o-perhaps' }) })
  await world.settle()
  expect(await world.statusOf('perhaps')).toBe('delivered')
  expect(await world.outbox()).toEqual([])
})
