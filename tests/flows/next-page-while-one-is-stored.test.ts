/** The next page of a catch-up is asked for while one is stored; a page that is not stored proves nothing, whatever came behind it. */
import { afterEach, expect, it } from 'vitest'
import { refuseWrites } from './stage/disk.ts'
import { World, type Tab } from './stage/world.ts'

const bodies = Array.from({ length: 990 }, (_, at) => `said ${at}`)

afterEach(() => refuseWrites(null))

/** Away while all was said. */
async function away(): Promise<{ world: World; tab: Tab }> {
  const world = await World.make()
  world.server.keep({ body: 'first' })
  const tab = await world.tab()
  await world.pass(60_000)
  tab.wire().cut()
  world.server.forgetStreams()
  for (const body of bodies) world.server.keep({ body })
  await world.pass(60_000)
  return { world, tab }
}

it('and everything is stored once, in order', async () => {
  const { world, tab } = await away()
  const { server } = world
  const early: boolean[] = []
  server.beforePage = async ({ after, before }) => {
    if (before === null && after !== null) early.push((await world.coverage())?.newest !== after)
  }
  tab.wire().connect()
  await world.pass(5_000)
  // The first two pages are asked for when what is before them is stored: between them comes the newest screen.
  expect(early.slice(0, 4)).toEqual([false, false, true, true])
  expect(await world.bodies()).toEqual(['first', ...bodies])
})

it('and is asked for again where the disk refuses the one before', async () => {
  const { world, tab } = await away()
  const { server } = world
  server.beforePage = ({ after, before }) => {
    const at = server.archive.findIndex(({ id }) => id === after)
    // The third page is on its way to the disk.
    if (before === null && at === 750) refuseWrites('QuotaExceededError')
  }
  tab.wire().connect()
  await world.pass(3_000)
  expect((await world.coverage())?.newest).toBe(server.archive[500]?.id)
  refuseWrites(null)
  server.beforePage = () => undefined
  await world.pass(60_000)
  expect(await world.bodies()).toEqual(['first', ...bodies])
  expect((await world.coverage())?.newest).toBe(server.archive.at(-1)?.id)
})
