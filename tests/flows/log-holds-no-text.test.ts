/** Whatever fails, is refused or breaks is in the log by name, and nothing that anybody wrote, nor who it was. */
import { expect, it } from 'vitest'
import { refuseWrites } from './stage/disk.ts'
import { carbon, juliet, self, textStanza } from './stage/server.ts'
import { World } from './stage/world.ts'

const secret = 'Meet me at eight'

it('names what happened, in the tab that leads and in the one that follows', async () => {
  const world = await World.make()
  const leader = await world.tab()
  const follower = await world.tab()
  await world.send(leader, secret)
  const conversation = await world.conversation()
  for (let i = 0; i < 3; i++) world.server.send(carbon('received', textStanza({ body: secret }), juliet))
  await world.settle()
  const huge = secret.repeat(10_000)
  await leader.engine.execute({ do: 'send', conversation, originId: 'huge', body: huge })
  const asked = follower.engine.execute({ do: 'send', conversation, originId: 'huge', body: huge })
  await world.settle()
  await asked
  refuseWrites('QuotaExceededError')
  await leader.engine.execute({ do: 'draft', conversation, text: secret, at: world.clock.now() + 1, tab: 'here' })
  refuseWrites(null)
  leader.wire().cut()
  await world.settle()

  const size = huge.length
  const large = { where: 'request', what: 'message-too-large', during: 'send', conversation, size }
  const full = { where: 'storage', what: 'storage-full' }
  const lost = { where: 'connection', what: 'connection-lost', during: 'waiting' }
  const draft = { where: 'request', what: 'storage-full', during: 'draft', conversation }
  const forged = { where: 'gate', what: 'carbon-not-from-our-account', count: 3 }
  const noted = leader.log.entries()
  for (const each of [large, full, lost, draft, forged]) expect(noted).toContainEqual(expect.objectContaining(each))
  for (const each of [large, full, lost]) expect(follower.log.entries()).toContainEqual(expect.objectContaining(each))
  for (const { log } of [leader, follower])
    for (const kept of [secret, juliet, self, 'montague', 'capulet', '@'])
      expect(JSON.stringify(log.entries())).not.toContain(kept)
})
