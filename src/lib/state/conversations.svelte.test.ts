/** The count in the window's title and the list of conversations: two sights of one list, whatever is searched or comes meanwhile. */
import { flushSync } from 'svelte'
import { expect, it } from 'vitest'
import { RingLog } from '#model/log.ts'
import type { Accounts, OpenAccount } from '#sync/account.ts'
import { World } from '../../../tests/flows/stage/world.ts'
import { App } from './app.svelte.ts'
import { Conversations } from './conversations.svelte.ts'
import { Roster } from './roster.svelte.ts'
import type { Setting } from './setting.svelte.ts'
import { Text } from './text.svelte.ts'
import { Update } from './update.svelte.ts'

const self = 'romeo@montague.example' as never

it('counts what the list holds, and hides nothing of it behind a search', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  const conversations = new Conversations(world.account, tab.engine, new Roster(world.account, tab.engine), self)
  await conversations.load()
  const seen: { title: number; list: number }[] = []
  const stop = $effect.root(() => {
    $effect(() => {
      const list = conversations.items.reduce((sum, item) => sum + item.unread, 0)
      seen.push({ title: conversations.totalUnread, list })
    })
  })
  const id = await world.conversation()
  for (const body of ['two', 'three']) {
    world.server.say({ body })
    await world.settle()
    await conversations.reload([id])
    flushSync()
  }
  const [newest] = (await world.messages()).slice(-1)
  await tab.engine.execute({ do: 'read', conversation: id, localId: newest?.localId ?? 0 })
  await conversations.reload([id])
  flushSync()
  stop()
  expect(seen.map(({ title }) => title)).toEqual([1, 2, 3, 0])
  for (const { title, list } of seen) expect(list).toBe(title)

  conversations.query = 'nobody of that name'
  expect(conversations.items).toEqual([])
  expect(conversations.item(id)?.unread).toBe(conversations.totalUnread)
})

it('lays the row that was read last, however long an earlier read takes', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  const id = await world.conversation()
  let isFirst = true
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const slow = slowed(world, 'get', async (row) => {
    if (!isFirst) return row
    isFirst = false
    await held
    return row
  })
  const conversations = new Conversations(slow, tab.engine, new Roster(world.account, tab.engine), self)
  const early = conversations.reload([id])
  await world.settle()
  world.server.say({ body: 'two' })
  await world.settle()
  const late = conversations.reload([id])
  await world.settle()
  release()
  await Promise.all([early, late])
  expect(conversations.totalUnread).toBe(2)
})

it('misses nothing that another tab tells while the list is still being read', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  const id = await world.conversation()
  const app = new App(
    { domain: '', isDomainLocked: false, name: 'Besedka' },
    Object.create(Text.prototype) as Text,
    {} as Setting,
    new Update(),
    { look: () => ({ isVisible: true, hasFocus: true, idle: 0 }), onChange: () => () => undefined },
    new RingLog(() => 0),
    world.clock,
    'this tab',
  )
  const database = slowed(world, 'getAll', async (rows) => {
    const [newest] = (await world.messages()).slice(-1)
    await tab.engine.execute({ do: 'read', conversation: id, localId: newest?.localId ?? 0 })
    app.changed([{ kind: 'conversation', id }])
    return rows
  })
  const open = {
    row: {},
    address: { jid: self },
    isPublic: false,
    database,
    engine: { start: () => undefined, look: () => undefined },
  }
  await app.session.start(() => Promise.resolve({} as Accounts), Promise.resolve(open as unknown as OpenAccount))
  await world.settle()
  expect(app.conversations.totalUnread).toBe(0)
})

/** The account, where something happens between a read of conversations and its answer. */
function slowed(world: World, method: 'get' | 'getAll', meanwhile: (found: unknown) => Promise<unknown>) {
  const { account } = world
  const db = new Proxy(account.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== method) return value.bind(target) as unknown
      return async (store: string, ...rest: unknown[]) => {
        const found: unknown = await (value.call(target, store, ...rest) as Promise<unknown>)
        return store === 'conversation' ? meanwhile(found) : found
      }
    },
  })
  return { ...account, db }
}
