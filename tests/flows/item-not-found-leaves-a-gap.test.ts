/** An archive that forgot where we were is read again by time, and the seam stays marked until it is filled. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('leaves one gap, whatever the number of pages', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'known' })
  await world.pass(60_000)
  const known = server.archive[0]?.id
  tab.wire().cut()
  server.forgetStreams()
  server.archive = []
  await world.pass(1_000)
  for (let i = 0; i < 600; i++) server.keep({ body: `new ${i}` })
  const first = server.archive[0]?.id
  tab.wire().connect()
  await world.settle()
  expect(await world.bodies()).toEqual(['known', ...Array.from({ length: 600 }, (_, i) => `new ${i}`)])
  expect(await world.gaps()).toEqual([expect.objectContaining({ after: known, before: first })])
  expect((await world.coverage())?.newest).toBe(server.archive.at(-1)?.id)

  const answer = await tab.engine.ask({ ask: 'fill-gap', gap: (await world.gaps())[0]?.id ?? 0 })
  expect(answer).toMatchObject({ ok: true })
  expect(await world.gaps()).toEqual([])
})

it('fills it although a row beside it lost its place', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  server.say({ body: 'known' })
  await world.pass(60_000)
  const [known] = server.archive.splice(0)
  if (!known) throw new Error('not archived')
  tab.wire().cut()
  server.forgetStreams()
  await world.pass(1_000)
  const later = [0, 1, 2].map((at) => server.keep({ body: `new ${at}` }))
  tab.wire().connect()
  await world.settle()
  server.archive = [known, server.keep({ body: 'between' }, known.at + 500), ...later]
  const row = (await world.account.db.getAll('message')).find(({ archiveId }) => archiveId === known.id)
  if (!row) throw new Error('not stored')
  await world.account.db.put('message', { ...row, rank: undefined as never })
  await tab.engine.ask({ ask: 'fill-gap', gap: (await world.gaps())[0]?.id ?? 0 })
  expect(await world.bodies()).toEqual(['known', 'between', 'new 0', 'new 1', 'new 2'])
  expect(await world.gaps()).toEqual([])
})
