/** The page dies after a row was marked as on the wire and before (or after) it was: the archive decides, never a guess. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it.each([
  ['before the socket had it', false],
  ['after the socket had it', true],
] as const)('%s', async (_name, isWritten) => {
  const world = await World.make()
  const first = await world.tab()
  world.server.answersAcks = false
  const wire = first.wire()
  wire.onSend = (xml) => {
    if (!xml.includes('<body>')) return
    if (isWritten) world.server.receive(xml)
    first.kill()
  }
  await world.send(first, 'once').catch(() => undefined)
  expect((await world.outbox())[0]).toMatchObject({ state: 'sending', number: null })
  world.server.answersAcks = true
  await world.tab()
  expect(world.server.bodiesHeard).toEqual(['once'])
  expect(await world.bodies()).toEqual(['once'])
  expect(await world.statusOf('once')).toBe('sent')
})
