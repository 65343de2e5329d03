// What nobody holds, the browser collects. A storage bucket that is collected takes the answers of its open databases with it
// (Chromium 156): the page would say that it saves, and never would.
import { expect, test, type Page } from '../fixtures.ts'
import { bubble, converse, expectStatus, say, signIn } from '../person.ts'

test('the disk answers however often memory is collected', async ({ page, account, peer }) => {
  const [anna, boris] = [await account(), await account()]
  const bot = await peer(boris)
  const talk = async (words: string) => {
    await say(page, words)
    await expectStatus(page, words, 'Delivered')
    await bot.send(anna.jid, `answer: ${words}`)
    await expect(bubble(page, `answer: ${words}`)).toBeVisible()
  }
  await signIn(page, anna)
  await converse(page, boris.jid)
  await collect(page)
  await talk('where somebody has just signed in')
  await page.reload()
  await expect(bubble(page, 'answer: where somebody has just signed in')).toBeVisible()
  await collect(page)
  await talk('where somebody has come back')
})

async function collect(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  for (let time = 0; time < 3; time++) await devtools.send('HeapProfiler.collectGarbage')
  await devtools.detach()
}
