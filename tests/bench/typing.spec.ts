// From a key press to the next frame that was drawn after it, in an open conversation, whatever lies in the database.
// The floor is a page with nothing but a field that grows with its text.
import { test, type Page } from './fixtures.ts'
import { dice, type Dice } from '../lab/engine/dice.ts'
import { compared, runs, storedCounts, samples, type Samples } from './measure.ts'
import { heapOf, tasksSince, want, seen } from './probe.ts'
import { floorDoes, newestWords, openFriend } from './stock.ts'
import { stockedPair } from './stocked.ts'

const sentence = 'the quick brown fox jumps over the lazy dog and types on '

test('typing', async ({ page, context, account, prosody, server }) => {
  const { floor, loadFloor, bringTo } = await stockedPair({ page, context, account, prosody, server })
  const chance = dice(20_261_123)
  for (const stored of storedCounts) {
    await bringTo(stored)
    await openFriend(page, 0)
    await loadFloor()
    await floorDoes(floor, 'typable')
    const taken = samples()
    for (let run = 0; run < runs; run++) {
      await type(floor, chance, taken.floor)
      await type(page, chance, taken.product)
    }
    taken.product.heap.push(await heapOf(page))
    taken.floor.heap.push(await heapOf(floor))
    compared({ bench: 'typing', what: 'key press to the next frame', stored, goal: 1.5 }, taken)
  }
})

/**
 * One sample for each key. Keys come at uneven times: what is even falls into step with the frames, and then the wait for
 * the next one hides or doubles what the page itself takes.
 */
async function type(page: Page, { roll }: Dice, into: Samples): Promise<void> {
  await page.bringToFront()
  await page.locator('textarea').focus()
  // Over the page, as people's are: a change of layout looks for what is below it.
  await page.mouse.move(640, 300)
  await page.evaluate(listen)
  const from = await want(page, 'newest', 'nothing is looked for')
  for (const key of sentence) {
    await page.keyboard.type(key)
    await new Promise((resolve) => setTimeout(resolve, 25 + 40 * roll()))
  }
  await page.waitForFunction((keys) => (window as unknown as { times: number[] }).times.length >= keys, sentence.length)
  into.times.push(...(await page.evaluate(() => (window as unknown as { times: number[] }).times.splice(0))))
  if (await page.locator('.timeline-row').count()) {
    await want(page, 'newest', newestWords)
    await page.evaluate(() => document.body.append(''))
    into.tasks.push(...tasksSince(await seen(page), from))
  }
}

/** Runs in the page: no closures. */
function listen(): void {
  if ('times' in window) return
  const times: number[] = []
  Object.assign(window, { times })
  addEventListener(
    'keydown',
    ({ timeStamp }) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => times.push(performance.now() - timeStamp)
        port2.postMessage(0)
      }),
    true,
  )
}
