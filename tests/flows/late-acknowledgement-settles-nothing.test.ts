/** What an earlier session was still acknowledged says nothing of the session after it. */
import { expect, it } from 'vitest'
import { nurse } from './stage/server.ts'
import { World } from './stage/world.ts'

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
