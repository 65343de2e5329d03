// Scrolling back through 5,000 stored messages as fast as the wheel turns, from the newest to the oldest on screen.
// The floor reads the same rows, 80 at a time as the product, and puts them before the others when its beginning comes near.
import { test, type Page } from './fixtures.ts'
import { compared, runs, samples } from './measure.ts'
import { heapOf, profiled, seen, tasksSince, want } from './probe.ts'
import { floorDoes, newestWords, openFriend } from './stock.ts'
import { stockedPair } from './stocked.ts'

const count = 5_000

test('scroll', async ({ page, context, account, prosody, server }) => {
  const { floor, place, loadFloor, bringTo } = await stockedPair({ page, context, account, prosody, server })
  await bringTo(2 * count)
  const taken = samples()
  for (let run = 0; run < runs; run++) {
    for (const isFloor of [true, false]) {
      const of = isFloor ? floor : page
      await of.bringToFront()
      if (isFloor) {
        await loadFloor()
        await want(floor, 'newest', newestWords)
        await floorDoes(floor, 'scrollable', place.ids[0]!)
        await seen(floor)
      } else {
        await page.goto('about:blank')
        await page.goto(`${server.url}#/`)
        await openFriend(page, 0)
      }
      await of.mouse.move(700, 300)
      const from = await want(of, 'oldest', `${count - 1}: `)
      const told = await profiled(of, `scroll-${isFloor ? 'floor' : 'product'}-${run}`, () => wheelUntilSeen(of))
      const into = isFloor ? taken.floor : taken.product
      into.times.push(told.at - from)
      into.tasks.push(...tasksSince(told, from))
      into.heap.push(await heapOf(of))
    }
  }
  compared(
    {
      bench: 'scroll',
      what: `scroll back through ${count.toLocaleString('en-GB')} messages`,
      stored: 2 * count,
      goal: 2,
    },
    taken,
  )
})

/** Each turn of the wheel goes farther than what is loaded is long. */
async function wheelUntilSeen(page: Page) {
  let isSeen = false
  const end = seen(page).finally(() => (isSeen = true))
  while (!isSeen) await page.mouse.wheel(0, -100_000)
  return end
}
