// What the browser stored is gone or damaged: a sentence instead of a blank page, and signing in again brings it back.
// The laboratory does the same without a browser with every damage (tests/lab/engine/broken-database.lab.ts).
import { expect, test } from '../fixtures.ts'
import { bubble, converse, expectStatus, line, say, signIn } from '../person.ts'

test('a lost root database is told, and what waited is sent after signing in again', async ({
  page,
  context,
  account,
  peer,
}) => {
  const [anna, boris] = [await account(), await account()]
  const bot = await peer(boris)
  await signIn(page, anna)
  await converse(page, boris.jid)
  await say(page, 'archived')
  await expectStatus(page, 'archived', 'Delivered')
  await context.setOffline(true)
  await say(page, 'waits')
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase('besedka:/')
        deleting.onsuccess = () => resolve()
        deleting.onerror = () => reject(new Error(String(deleting.error)))
      }),
  )
  await expect(page.getByRole('heading', { name: 'cannot start here' })).toBeVisible()
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Reload' }).click()
  await expect(
    page.getByRole('alert').filter({ hasText: 'cannot be opened any more. Sign in to it again' }),
  ).toBeVisible()
  await signIn(page, anna)
  await line(page, boris.user).click()
  await expect(bubble(page, 'archived')).toBeVisible()
  await expectStatus(page, 'waits', 'Delivered')
  expect(bot.heard.filter(({ body }) => body === 'waits')).toHaveLength(1)
})
