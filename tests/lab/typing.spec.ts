// Typing in a conversation of 10,000 stored messages, beside an empty page with a field.
import { expect, test, type Page } from '../e2e/fixtures.ts'
import { bubble, line, signIn } from '../e2e/person.ts'
import { countOf } from '../e2e/store.ts'
import { dice, type Dice } from './engine/dice.ts'
import { median, note } from './figure.ts'
import { fillPast } from './history.ts'

const count = Number(process.env.MESSAGES ?? 10_000)
const rounds = 5
const sentence = 'the quick brown fox jumps over the lazy dog and types on '

/**
 * ms from each key press to the next frame that was drawn after it. Keys come at uneven times: what is even falls into step
 * with the frames, and then the wait for the next one hides or doubles what the page itself takes.
 */
async function type(page: Page, { roll }: Dice): Promise<number[]> {
  await page.bringToFront()
  await page.locator('textarea').focus()
  // Over the page, as people's are: a change of layout looks for what is below it.
  await page.mouse.move(640, 300)
  await page.evaluate(() => {
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
  })
  for (const key of sentence) {
    await page.keyboard.type(key)
    await new Promise((resolve) => setTimeout(resolve, 25 + 40 * roll()))
  }
  await page.waitForFunction((keys) => (window as unknown as { times: number[] }).times.length >= keys, sentence.length)
  return page.evaluate(() => (window as unknown as { times: number[] }).times.splice(0))
}

test(`typing beside ${count} messages`, async ({ page, context, account, prosody, server }) => {
  const [anna, boris] = [await account(), await account()]
  await prosody.befriend(anna.user, boris.user)
  await fillPast(prosody, anna, boris, {
    count: 1,
    name: 'first',
    end: Math.floor(Date.now() / 1000) - (count + 99) * 60,
  })
  await signIn(page, anna, server)
  await expect(line(page, boris.user)).toBeVisible()
  await prosody.cut('forget', { user: anna.user })
  await page.close()
  await fillPast(prosody, anna, boris, { count })
  const next = await context.newPage()
  await next.goto(server.url)
  await expect.poll(() => countOf(next, 'message'), { timeout: 300_000, intervals: [2_000] }).toBe(count + 1)
  await line(next, boris.user).click()
  await expect(bubble(next, `line ${count - 1}.`)).toBeVisible()
  server.setFiles({
    'empty.html': '<!doctype html><html lang="en"><title>empty</title><textarea autofocus></textarea></html>',
  })
  const empty = await context.newPage()
  await empty.goto(`${server.url}empty.html`)
  const chance = dice(20_261_123)
  const [theirs, ours]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    theirs.push(...(await type(empty, chance)))
    ours.push(...(await type(next, chance)))
  }
  const ratio = median(ours) / median(theirs)
  const most = Math.max(...ours)
  note(
    `key press to next frame, ${count} messages`,
    `${median(ours).toFixed(1)} ms, empty page ${median(theirs).toFixed(1)} ms, ${ratio.toFixed(2)} times, longest ${most.toFixed(0)} ms`,
    '1.5 times, none over 50 ms',
  )
  expect(ratio).toBeLessThanOrEqual(1.5)
  expect(most).toBeLessThanOrEqual(50)
})
