/** Of drafts that two tabs write the newest wins, and a late one does not bring back what was sent; what is left of a text stays. */
import { expect, it } from 'vitest'
import { juliet } from './stage/server.ts'
import { World } from './stage/world.ts'

it('keeps the newest, whatever the order of arrival', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const opened = await tab.engine.execute({ do: 'open', jid: juliet })
  const conversation = opened.ok ? (opened.id ?? '') : ''
  const now = world.clock.now()
  const draft = (text: string, at: number) => tab.engine.execute({ do: 'draft', conversation, text, at, tab: 't' })
  await draft('newer', now)
  await draft('older', now - 10)
  expect((await world.stored()).draft).toBe('newer')
  await world.pass(1_000)
  await world.send(tab, 'sent')
  await draft('typed before it was sent', now + 500)
  expect((await world.stored()).draft).toBe('')
})

it('is not stopped for a day by a clock that was set back', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const opened = await tab.engine.execute({ do: 'open', jid: juliet })
  const conversation = opened.ok ? (opened.id ?? '') : ''
  const draft = (text: string) =>
    tab.engine.execute({ do: 'draft', conversation, text, at: world.clock.now(), tab: 't' })
  await draft('tomorrow')
  world.clock.jump(-86_400_000)
  await draft('today')
  expect((await world.stored()).draft).toBe('today')
})

it('is what is left of a text of which only the first part is sent, in the same transaction', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const opened = await tab.engine.execute({ do: 'open', jid: juliet })
  const conversation = opened.ok ? (opened.id ?? '') : ''
  const send = (originId: string, body: string, left: string) =>
    tab.engine.execute({ do: 'send', conversation, originId, body, left })
  await send('1', 'first part', 'second part')
  expect((await world.stored()).draft).toBe('second part')
  await send('2', 'second part', '')
  expect((await world.stored()).draft).toBe('')
  // Carried out once more, it brings nothing back.
  await send('1', 'first part', 'second part')
  expect((await world.stored()).draft).toBe('')
})

it('is told to all tabs when it was sent', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const other = await world.tab()
  await world.send(tab, 'sent')
  const id = await world.conversation()
  for (const { changes } of [tab, other]) expect(changes).toContainEqual({ kind: 'draft', id, tab: '' })
  // One that is carried out again clears nothing.
  const before = other.changes.length
  await world.send(tab, 'sent')
  expect(other.changes.slice(before).map(({ kind }) => kind)).not.toContain('draft')
})
