// Signing out: everything is erased, here, in other tabs and without a network.
import { expect, test, type Page } from '../fixtures.ts'
import { bubble, composer, converse, expectOnline, expectSignedOut, list, say, signIn, signOut } from '../person.ts'
import { rowsOf, traces } from '../store.ts'

/** What stays is what the page itself needs: its settings and, once the worker is installed, its own files. */
async function expectNothingOfTheAccount(page: Page): Promise<void> {
  await expect.poll(async () => (await traces(page)).databases).toEqual(['besedka:/'])
  const { buckets, storages, cookies } = await traces(page)
  expect({ buckets, storages, cookies }).toEqual({ buckets: [], storages: ['besedka:config:/'], cookies: '' })
  const rows = await page.evaluate(
    () =>
      new Promise<unknown[]>((resolve, reject) => {
        const opening = indexedDB.open('besedka:/')
        opening.onerror = () => reject(new Error('not opened'))
        opening.onsuccess = () => {
          const db = opening.result
          const stores = [...db.objectStoreNames].filter((name) => name !== 'setting')
          const tx = db.transaction(stores)
          const found: unknown[] = []
          for (const name of stores) {
            tx.objectStore(name).getAll().onsuccess = (event) => found.push(...(event.target as IDBRequest).result)
          }
          tx.oncomplete = () => (db.close(), resolve(found))
        }
      }),
  )
  expect(rows).toEqual([])
}

test('signing out wipes the account', { tag: '@firefox' }, async ({ page, account, server, prosody }) => {
  const [who, other] = [await account(), await account()]
  await signIn(page, who, server)
  await converse(page, other.jid)
  await say(page, 'a canary that must not stay')
  await expect.poll(() => rowsOf(page, 'outbox')).toEqual([])
  await composer(page).fill('nor this draft')
  await signOut(page)
  await expectSignedOut(page)
  await expectNothingOfTheAccount(page)
  await expect.poll(() => prosody.sessions(who.user)).toEqual([])
  await page.reload()
  await expectSignedOut(page)
  await expectNothingOfTheAccount(page)
})

test('the other tabs leave as well', { tag: '@firefox' }, async ({ page, context, account, server }) => {
  await signIn(page, await account(), server)
  const second = await context.newPage()
  await second.goto(server.url)
  await expectOnline(second)
  await signOut(second)
  await expectSignedOut(second)
  await expectSignedOut(page)
  await expectNothingOfTheAccount(second)
})

test('signing out works without a network', async ({ page, context, account, server }) => {
  const [who, other] = [await account(), await account()]
  await signIn(page, who, server)
  await converse(page, other.jid)
  await say(page, 'said before')
  // On a first visit the worker comes a moment after the page; what happens before that is told below.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await context.setOffline(true)
  server.setWeather({ refuse: true })
  server.cut()
  await expect(bubble(page, 'said before')).toBeVisible()
  await signOut(page)
  await expectSignedOut(page)
  await expectNothingOfTheAccount(page)
})

test.describe('before the worker has stored the app', () => {
  test.use({ serviceWorkers: 'block' })

  test('a page that cannot be loaded says so, and comes when the network is back', async ({
    page,
    account,
    server,
  }) => {
    await signIn(page, await account(), server)
    await page.route('**/*', (route) => route.abort())
    await list(page).getByRole('link', { name: 'Settings' }).click()
    const told = page.getByRole('alert').filter({ hasText: 'This page could not be loaded.' })
    await expect(told).toBeVisible()
    const again = told.getByRole('button', { name: 'Try again' })
    await again.click()
    await expect(again).toBeVisible()
    await expect(list(page)).toBeVisible()
    await page.unroute('**/*')
    await again.click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    await expectSignedOut(page)
    await expectNothingOfTheAccount(page)
  })
})

test('a sign-out that was interrupted is finished at the next start', async ({ page, context, account, server }) => {
  await signIn(page, await account(), server)
  await expect(list(page)).toBeVisible()
  // The intent is stored first; what a crash right behind it leaves is a row that says so.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        indexedDB.open('besedka:/').onsuccess = (event) => {
          const db = (event.target as IDBOpenDBRequest).result
          const tx = db.transaction('account', 'readwrite')
          const accounts = tx.objectStore('account')
          accounts.getAll().onsuccess = (found) => {
            for (const row of (found.target as IDBRequest).result) accounts.put({ ...row, state: 'leaving' })
          }
          tx.oncomplete = () => (db.close(), resolve())
        }
      }),
  )
  await page.close()
  const next = await context.newPage()
  await next.goto(server.url)
  await expectSignedOut(next)
  await expectNothingOfTheAccount(next)
})
