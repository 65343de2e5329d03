// The question that proves a resumed session is a stanza: the server counts it, and a later answer may count it in the place of
// what was lost before it.
import { afterEach, expect, it } from 'vitest'
import { refuseWrites } from '../../flows/stage/disk.ts'
import { WireStage } from './stage.ts'

afterEach(() => refuseWrites(null))

/** Runs `then` instead of what follows once the server has heard the next question whether it hears. */
function atNextProof(stage: WireStage, then: () => void): void {
  const { server } = stage.world
  const receive = server.receive.bind(server)
  server.receive = (xml) => {
    receive(xml)
    if (!xml.includes('urn:xmpp:ping')) return
    server.receive = receive
    then()
  }
}

/** Online, with one message that the server never had; the next connection will say so. */
async function withOneLost(): Promise<WireStage> {
  const stage = await WireStage.make()
  const { world } = stage
  world.server.archiveState = 'none'
  await world.send(stage.tab, 'first')
  await world.pass(20_000)
  // With it lies on the disk how much was heard: a new page may resume.
  world.server.say({ body: 'heard' })
  await world.settle()
  world.server.losesWhatIsSent = true
  await world.send(stage.tab, 'lost')
  expect(await world.statusOf('lost')).toBe('sending')
  world.server.losesWhatIsSent = false
  return stage
}

async function expectSentOnce(stage: WireStage): Promise<void> {
  const { world } = stage
  await world.pass(60_000)
  expect(world.server.bodiesHeard).toEqual(['first', 'lost'])
  expect(await world.statusOf('lost')).toBe('sent')
  expect(await world.outbox()).toEqual([])
  stage.end()
}

it('is not taken for a lost message when the connection is cut before its answer', async () => {
  const stage = await withOneLost()
  let isCounted = false
  atNextProof(stage, () => {
    isCounted = true
    stage.frames.cut()
  })
  stage.frames.cut()
  await stage.online()
  expect(isCounted).toBe(true)
  expect(stage.world.server.resumes).toHaveLength(2)
  await expectSentOnce(stage)
})

it('nor when the page is loaded again before its answer', async () => {
  const stage = await withOneLost()
  let isCounted = false
  atNextProof(stage, () => {
    isCounted = true
    stage.kill()
  })
  stage.frames.cut()
  await stage.world.pass(3_000)
  expect(isCounted).toBe(true)
  stage.tab = await stage.world.tab()
  await stage.online()
  expect(stage.world.server.resumes).toHaveLength(2)
  await expectSentOnce(stage)
})

it('is not asked before the disk has taken what the server told', async () => {
  const stage = await withOneLost()
  const { world } = stage
  refuseWrites('QuotaExceededError')
  const heard = world.server.heard.length
  stage.frames.cut()
  await world.pass(120_000)
  expect(world.server.heard).toHaveLength(heard)
  expect(world.server.resumes.length).toBeGreaterThan(0)
  refuseWrites(null)
  // As soon as the disk is asked again, whatever the pause before the next try.
  await world.pass(2_500)
  expect(stage.isOnline).toBe(true)
  await expectSentOnce(stage)
})

it('is not taken for a presence that was lost', async () => {
  const stage = await WireStage.make()
  const { world, frames } = stage
  const { server } = world
  const receive = server.receive.bind(server)
  server.forgetStreams()
  let isDead = false
  server.receive = (xml) => {
    isDead ||= xml.startsWith('<presence')
    if (!isDead) receive(xml)
  }
  frames.cut()
  await world.pass(5_000)
  expect(isDead).toBe(true)
  const presences = (): number => server.heard.filter((xml) => xml.startsWith('<presence')).length
  const before = presences()
  server.receive = receive
  atNextProof(stage, () => frames.cut())
  frames.cut()
  await stage.online()
  expect(server.resumes).toHaveLength(2)
  expect(presences()).toBe(before + 1)
  stage.end()
})
