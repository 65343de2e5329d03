/** A window on the store that was told nothing for a while, and then to look again. */
import { expect, it } from 'vitest'
import type { Change } from '#model/change.ts'
import { textOf } from '#model/message.ts'
import { World } from '../../../tests/flows/stage/world.ts'
import { Conversations } from './conversations.svelte.ts'
import { Roster } from './roster.svelte.ts'
import { Timeline } from './timeline.svelte.ts'

const self = 'romeo@montague.example' as never
const juliet = 'juliet@capulet.example' as never
const everything: Change[] = [{ kind: 'everything' }]

it('shows what was stored meanwhile, each message once', async () => {
  const world = await World.make()
  const tab = await world.tab()
  world.server.say({ body: 'one' })
  await world.settle()
  const conversations = new Conversations(world.account, tab.engine, new Roster(world.account, tab.engine), self)
  await conversations.load()
  const id = await world.conversation()
  const timeline = new Timeline(id, juliet, self, world.account, tab.engine, conversations, () => undefined)
  await timeline.load()
  const shown = () => timeline.rows.flatMap((row) => (row.kind === 'message' ? [textOf(row.message)] : []))
  for (const body of ['two', 'three']) world.server.say({ body })
  await world.settle()
  expect(shown()).toEqual(['one'])
  timeline.apply(everything)
  await world.settle()
  expect(shown()).toEqual(['one', 'two', 'three'])
  timeline.apply(everything)
  await world.settle()
  expect(shown()).toEqual(['one', 'two', 'three'])
})
