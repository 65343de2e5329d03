/** The composer of one tab while another tab writes or sends the same text. */
import { expect, it } from 'vitest'
import type { Page } from '#model/attention.ts'
import type { ConversationId } from '#model/message.ts'
import { World, type Tab } from '../../../tests/flows/stage/world.ts'
import { Chat } from './chat.svelte.ts'

const page: Page = {
  look: () => ({ isVisible: true, hasFocus: false, idle: null }),
  onChange: () => () => undefined,
}

/** What this tab shows; `hear` gives it what changed since it was last asked. */
async function shown(world: World, tab: Tab, id: ConversationId) {
  const address = { jid: 'romeo@montague.example', endpoint: '' }
  const account = { engine: tab.engine, database: world.account, address } as never
  const chat = new Chat(account, { say: () => '' } as never, page, world.clock, tab.tabs.id)
  await chat.load()
  await chat.openConversation(id)
  tab.changes.splice(0)
  const hear = async (): Promise<void> => {
    chat.changed(tab.changes.splice(0))
    await world.settle()
  }
  const composer = chat.open?.composer
  if (!composer) throw new Error('nothing is open')
  return { composer, chat, hear }
}

async function twoTabs() {
  const world = await World.make()
  const tabs = [await world.tab(), await world.tab()] as const
  world.server.say({ body: 'hi' })
  await world.settle()
  const id = await world.conversation()
  const [here, there] = [await shown(world, tabs[0], id), await shown(world, tabs[1], id)]
  here.composer.text = 'hello'
  await here.chat.flush()
  await world.settle()
  await here.hear()
  await there.hear()
  expect(there.composer.text).toBe('hello')
  return { world, id, here, there }
}

it('is emptied in the other tab when the text was sent', async () => {
  const { world, here, there } = await twoTabs()
  await here.composer.send()
  await world.settle()
  await here.hear()
  await there.hear()
  expect([here.composer.text, there.composer.text]).toEqual(['', ''])
})

it('keeps what was typed on in either of them', async () => {
  const { world, here, there } = await twoTabs()
  there.composer.text = 'hello, and more'
  const sending = here.composer.send()
  here.composer.text = 'hello again'
  await sending
  await world.settle()
  await here.hear()
  await there.hear()
  expect([here.composer.text, there.composer.text]).toEqual([' again', 'hello, and more'])
})

it('finds out where the tab was told nothing', async () => {
  const { world, here, there } = await twoTabs()
  await here.composer.send()
  await world.settle()
  there.chat.changed([{ kind: 'everything' }])
  await world.settle()
  expect(there.composer.text).toBe('')
})
