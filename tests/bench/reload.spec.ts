// From reload to the last conversation readable, without and with a network, whatever lies in the database.
// The floor is kept by a worker as well, reads the newest 50 rows of the same conversation by the same index, and shows them.
import { expect, test } from './fixtures.ts'
import { expectOnline } from '../e2e/person.ts'
import { compared, runs, storedCounts, samples } from './measure.ts'
import { heapOf, seen, tasksSince } from './probe.ts'
import { openFriend } from './stock.ts'
import { stockedPair } from './stocked.ts'

test('reload', async ({ page, context, account, prosody, server }) => {
  const { floor, place, loadFloor, bringTo } = await stockedPair({ page, context, account, prosody, server })
  const requests: string[] = []
  page.on('response', (response) => void (response.fromServiceWorker() || requests.push(response.url())))
  for (const stored of storedCounts) {
    await bringTo(stored)
    await openFriend(page, 0)
    await loadFloor(place.ids[0])
    for (const isOnline of [false, true]) {
      server.setWeather({ refuse: !isOnline })
      if (!isOnline) server.cut()
      await context.setOffline(!isOnline)
      requests.length = 0
      const taken = samples()
      for (let run = 0; run < runs * 3; run++) {
        for (const [of, into] of [
          [floor, taken.floor],
          [page, taken.product],
        ] as const) {
          // A page behind another one draws once a second.
          await of.bringToFront()
          await of.reload()
          const told = await seen(of)
          into.times.push(told.at)
          into.tasks.push(...tasksSince(told, 0))
        }
      }
      if (isOnline) await expectOnline(page)
      else expect(requests).toEqual([])
      taken.product.heap.push(await heapOf(page))
      taken.floor.heap.push(await heapOf(floor))
      compared(
        {
          bench: 'reload',
          what: `reload to the last conversation, ${isOnline ? 'online' : 'offline'}`,
          stored,
          goal: 2,
        },
        taken,
      )
    }
  }
})
