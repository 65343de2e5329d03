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

it('lays the row that was read last, however long an earlier read takes, and reads once what changed meanwhile', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  const id = await world.conversation()
  let reads = 0
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const slow = slowed(world, 'get', async (row) => {
    if (++reads === 1) await held
    return row
  })
  const conversations = new Conversations(slow, tab.engine, new Roster(world.account, tab.engine), self)
  const early = conversations.reload([id])
  await world.settle()
  world.server.say({ body: 'two' })
  await world.settle()
  const late = Array.from({ length: 20 }, () => conversations.reload([id]))
  await world.settle()
  expect(reads).toBe(1)
  release()
  await Promise.all([early, ...late])
  expect(conversations.totalUnread).toBe(2)
  expect(reads).toBe(2)
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

/** The account, where something happens between a read of conversations and its answer: of all (`getAll`), or of one (`get`). */
function slowed(world: World, method: 'get' | 'getAll', meanwhile: (found: unknown) => Promise<unknown>) {
  const { account } = world
  const slow = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (name === 'store') return slow(value as object)
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          const isOfConversations = given[0] === 'conversation' || target !== account.db
          const found = value.apply(target, given) as unknown
          if (name === 'transaction' && given[0] === 'conversation') return slow(found as object)
          return name === method && isOfConversations ? Promise.resolve(found).then(meanwhile) : found
        }
      },
    })
  return { ...account, db: slow(account.db) }
}
