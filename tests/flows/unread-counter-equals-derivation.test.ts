/** The kept counter of unread messages is what counting the messages after the read position gives, whatever happened. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { comparePlaces } from '#model/message.ts'
import { countUnread } from '#storage/read/message.ts'
import { World } from './stage/world.ts'

const act = fc.oneof(
  fc.record({ do: fc.constant('hear' as const), isMissed: fc.boolean() }),
  fc.record({ do: fc.constant('send' as const) }),
  fc.record({ do: fc.constant('read' as const), upTo: fc.nat(20) }),
  fc.record({ do: fc.constant('elsewhere' as const) }),
  fc.record({ do: fc.constant('discard' as const) }),
)

it('at every step, and the position never goes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 15 }), async (acts) => {
      const world = await World.make()
      const tab = await world.tab()
      world.server.say({ body: 'first' })
      await world.settle()
      for (const [index, each] of acts.entries()) {
        const messages = await world.messages()
        const before = (await world.stored()).read
        if (each.do === 'hear' && each.isMissed) {
          tab.wire().cut()
          world.server.forgetStreams()
          world.server.keep({ body: `missed ${index}` })
          tab.wire().connect()
        } else if (each.do === 'hear') world.server.say({ body: `heard ${index}` })
        else if (each.do === 'send') await world.send(tab, `sent ${index}`)
        else if (each.do === 'elsewhere') world.server.sayElsewhere({ id: `e${index}`, body: `elsewhere ${index}` })
        else if (each.do === 'discard')
          await tab.engine.execute({ do: 'discard', localId: messages.at(-1)?.localId ?? 0 })
        else {
          const { localId = 0 } = messages[each.upTo % messages.length] ?? {}
          await tab.engine.execute({ do: 'read', conversation: await world.conversation(), localId })
        }
        await world.pass(700)
        const { id, read, unread } = await world.stored()
        expect(unread).toBe(await countUnread(world.account, id, read))
        // The archive may move the message that was read up to; what was read stays read.
        const former = (await world.messages()).find((message) => message.localId === before?.localId)
        if (former && read) expect(comparePlaces(former, read)).toBeLessThanOrEqual(0)
      }
    }),
    { numRuns: 60, seed: 3 },
  )
})
