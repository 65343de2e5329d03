/** What an earlier session still had to write, or was acknowledged, says nothing of the session after it. */
import { expect, it } from 'vitest'
import type { WireEvent } from '#xmpp/incoming.ts'
import { takeEpoch } from '#storage/database.ts'
import { Core } from '#sync/core.ts'
import { Receiver } from '#sync/receive.ts'
import { nurse, self } from './stage/server.ts'
import { World } from './stage/world.ts'

it('commits no number of the next session for a write of the last', async () => {
  const world = await World.make()
  const ignore = { changed: () => undefined, storage: () => undefined, deposed: () => undefined }
  const core = new Core(world.account, self, await takeEpoch(world.account), world.clock, ignore)
  const applied: string[] = []
  const roster = {
    applyItems: (_writing: unknown, answer: { version: string }) => Promise.resolve(applied.push(answer.version)),
  }
  const committed: string[] = []
  const receiver = new Receiver(core, {} as never, {} as never, roster as never, {
    committed: (number) => committed.push(`${number} after ${applied.join()}`),
    putStream: () => Promise.resolve(),
    received: () => undefined,
    applyDisplayed: () => Promise.resolve(),
  })
  const event = (version: string): WireEvent => ({ kind: 'roster', answer: { items: [], version } })
  receiver.push(event('old'), 7)
  await new Promise((done) => setImmediate(done))
  receiver.forgetNumbers()
  receiver.push(event('new'), 7)
  await world.settle()
  expect(committed).toEqual(['7 after old,new'])
})

it('settles nothing by the acknowledgements of another session', async () => {
  const world = await World.make()
  const tab = await world.tab()
  const { server } = world
  await world.send(tab, 'known', 'k', nurse)
  server.losesWhatIsSent = true
  let isWritten = false
  tab.wire().onSend = (xml) => (isWritten ||= xml.includes('<body>lost'))
  const sending = world.send(tab, 'lost')
  while (!isWritten) await new Promise((done) => setImmediate(done))
  // Its number is being written when the connection breaks and is made again.
  tab.wire().cut()
  server.losesWhatIsSent = false
  server.forgetStreams()
  let answer: () => void = () => undefined
  server.beforePage = () => new Promise<void>((done) => (answer = done))
  tab.wire().connect()
  await sending
  for (let i = 0; i < 12; i++) await world.send(tab, `other ${i}`, `x${i}`, nurse)
  expect(await world.statusOf('lost')).toBe('sending')
  server.beforePage = () => undefined
  answer()
  await world.settle()
  expect(server.bodiesHeard).toContain('lost')
  expect(await world.statusOf('lost')).toBe('sent')
})
