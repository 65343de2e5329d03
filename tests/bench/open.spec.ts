// From the click on a conversation to its newest messages readable, whatever lies in the database.
// The floor has a button for each conversation, and reads and shows the newest 50 rows of the same one.
import { test } from './fixtures.ts'
import { line } from '../e2e/person.ts'
import { compared, runs, storedCounts, samples } from './measure.ts'
import { heapOf, seen, tasksSince, want } from './probe.ts'
import { floorDoes, nameOf, newestWords } from './stock.ts'
import { stockedPair } from './stocked.ts'

test('open', async ({ page, context, account, prosody, server }) => {
  const { floor, place, loadFloor, bringTo } = await stockedPair({ page, context, account, prosody, server })
  for (const stored of storedCounts) {
    await bringTo(stored)
    await loadFloor()
    const open = async (isFloor: boolean, friend: number) => {
      const of = isFloor ? floor : page
      if (isFloor) await floorDoes(floor, 'openable', place.ids)
      await want(of, 'newest', `${newestWords}: ${friend}.`)
      await (
        isFloor ? of.getByRole('button', { name: `open ${friend}`, exact: true }) : line(page, nameOf(friend))
      ).click()
      return seen(of)
    }
    const taken = samples()
    for (let run = 0; run < runs * 3; run++) {
      for (const isFloor of [true, false]) {
        await (isFloor ? floor : page).bringToFront()
        // From another conversation to the longest one; a small one to begin with, each time another.
        await open(isFloor, 1 + (run % 49))
        const told = await open(isFloor, 0)
        const into = isFloor ? taken.floor : taken.product
        into.times.push(told.at - told.input)
        into.tasks.push(...tasksSince(told, told.input))
      }
    }
    taken.product.heap.push(await heapOf(page))
    taken.floor.heap.push(await heapOf(floor))
    compared({ bench: 'open', what: 'open a conversation', stored, goal: 2 }, taken)
  }
})
