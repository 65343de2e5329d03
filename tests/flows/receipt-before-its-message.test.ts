/** History is read backwards, so a receipt may come before the message that it is for. */
import { expect, it } from 'vitest'
import { element } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import { juliet, self } from './stage/server.ts'
import { World } from './stage/world.ts'

it('marks the message as delivered when it comes, and leaves nothing behind', async () => {
  const world = await World.make()
  const { server } = world
  server.keep({ from: `${self}/phone`, to: juliet, body: 'asked', originId: 'm1' })
  for (let i = 0; i < 120; i++) server.keep({ body: `filler ${i}` })
  server.keep({ id: 'r1', more: element('received', { xmlns: ns.receipts, id: 'm1' }) })
  const tab = await world.tab()
  expect(await world.bodies()).not.toContain('asked')
  for (let i = 0; i < 3; i++) await tab.engine.ask({ ask: 'older', conversation: await world.conversation() })
  expect(await world.statusOf('asked')).toBe('delivered')
  expect(await world.account.db.countFromIndex('message', 'awaits')).toBe(0)
})
