// 5,000 live messages into an open conversation: from the first frame to the last message on screen, stored.
// The server sends the same stanzas to both, all at once; the floor stores and shows them too, unasked and unchecked.
import { expect, test } from './fixtures.ts'
import { countOf } from '../e2e/store.ts'
import { compared, runs, samples } from './measure.ts'
import { heapOf, profiled, seen, tasksSince, want, watchPages } from './probe.ts'
import { conversations, floorDoes, nameOf, openFriend, serveFloor, signInAmongFriends } from './stock.ts'

const count = 5_000

test('live', async ({ page, context, account, prosody, server }) => {
  const [anna, otto] = [await account(), await account()]
  await watchPages(context, null)
  serveFloor(server)
  await signInAmongFriends(page, anna, prosody, server)
  await openFriend(page, 0)
  const floor = await context.newPage()
  await floor.goto(`${server.url}floor/#wire`)
  await floorDoes(floor, 'live', otto)
  const taken = samples()
  const wire = { product: [] as number[], floor: [] as number[] }
  for (let run = 0; run < runs; run++) {
    for (const [who, of, to] of [
      ['floor', floor, otto],
      ['product', page, anna],
    ] as const) {
      const into = taken[who]
      await of.bringToFront()
      await want(of, 'newest', `live ${count - 1} of run ${run}.`)
      const stanzas = Array.from({ length: count }, (_, at) => stanza(to.jid, run, at))
      const told = await profiled(of, `live-${who}-${run}`, async () => {
        await prosody.inject(to.jid, stanzas)
        return seen(of)
      })
      const from = told.wire['<message']!.first
      into.times.push(told.at - from)
      wire[who].push(told.wire['<message']!.last - from)
      into.tasks.push(...tasksSince(told, from))
      into.heap.push(await heapOf(of))
      await floor.evaluate(() => document.querySelector('main')?.replaceChildren())
    }
  }
  console.log('wire', wire)
  compared(
    { bench: 'live', what: `${count.toLocaleString('en-GB')} live messages into the open conversation`, goal: 1.5 },
    taken,
  )
  expect(await countOf(page, 'message')).toBe(conversations + runs * count)
})

/** As servers pass on what another client says today. */
function stanza(to: string, run: number, at: number): string {
  const id = `live-${run}-${at}`
  const ids = `<origin-id xmlns="urn:xmpp:sid:0" id="${id}"/><stanza-id xmlns="urn:xmpp:sid:0" by="${to}" id="archive-${id}"/>`
  return `<message xmlns="jabber:client" from="${nameOf(0)}@localhost/phone" to="${to}" type="chat" id="${id}"><body>live ${at} of run ${run}.</body><active xmlns="http://jabber.org/protocol/chatstates"/>${ids}</message>`
}
