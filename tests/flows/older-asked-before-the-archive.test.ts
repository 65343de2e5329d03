/** Right after a reload somebody looks back before the server has said what archive there is: nobody claims a beginning. */
import { expect, it } from 'vitest'
import { World } from './stage/world.ts'

it('is told to wait, and reaches the beginning later', async () => {
  const world = await World.make()
  const { server } = world
  for (let at = 0; at < 200; at++) server.keep({ body: `said ${at}` })
  const tab = await world.tab()
  await world.pass(1_000)
  const conversation = await world.conversation()
  tab.kill()
  server.forgetStreams()

  server.isUp = false
  const next = await world.tab()
  const wire = next.wire()
  const discover = wire.discover.bind(wire)
  let answerDisco: () => void = () => undefined
  wire.discover = () => new Promise<void>((resolve) => (answerDisco = resolve)).then(discover)
  server.isUp = true
  wire.connect()
  await world.settle()
  const early = await next.engine.ask({ ask: 'older', conversation })
  expect(early).toMatchObject({ ok: false, failure: { what: 'offline', remedy: 'wait' } })

  answerDisco()
  await world.pass(1_000)
  for (let isComplete = false; !isComplete;) {
    const answer = await next.engine.ask({ ask: 'older', conversation })
    if (!answer.ok) throw new Error(answer.failure.what)
    isComplete = answer.isComplete
  }
  expect(await world.bodies()).toHaveLength(200)
})
