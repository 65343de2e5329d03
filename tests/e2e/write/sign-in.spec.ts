// Signing in and what goes wrong on the way; staying signed in; the public computer.
import { expect, test } from '../fixtures.ts'
import { expectOnline, expectSignedOut, list, signIn, tryToSignIn } from '../person.ts'
import { traces } from '../store.ts'

test('the right password opens the list, on one connection', { tag: '@firefox' }, async ({ page, account, server }) => {
  await signIn(page, await account(), server)
  await expect(list(page).getByText('No conversations yet.')).toBeVisible()
  expect(server.tunnel?.count).toBe(1)
})

test('a wrong password is told in a sentence, and nothing is kept', async ({ page, account }) => {
  const { jid } = await account()
  await tryToSignIn(page, { jid, password: 'not this one' })
  await expect(page.getByRole('alert')).toContainText('Address or password is wrong. Check both and try again.')
  await expect(page.getByLabel('Address', { exact: true })).toHaveValue(jid)
  const { databases, buckets } = await traces(page)
  expect([databases, buckets]).toEqual([['besedka:/'], []])
})

test('an unknown account is told like a wrong password', async ({ page }) => {
  await tryToSignIn(page, { jid: 'nobody-here@localhost', password: 'anything' })
  await expect(page.getByRole('alert')).toContainText('Address or password is wrong.')
})

test('an address with illegal characters is refused before anything is sent', async ({ page, server }) => {
  await tryToSignIn(page, { jid: 'an"na@localhost', password: 'x' }, server)
  await expect(page.getByLabel('Address', { exact: true })).toHaveAccessibleDescription(
    /“"” is not allowed in an address/,
  )
  await expect(page.getByLabel('Address', { exact: true })).toBeFocused()
  for (const [typed, why] of [
    ['', 'Type an address.'],
    ['anna@', 'The part after “@” is'],
    ['anna@localhost/phone', 'Leave out everything from the “/” on.'],
    [`${'a'.repeat(1024)}@localhost`, 'This address is too long.'],
  ]) {
    await page.getByLabel('Address', { exact: true }).fill(typed ?? '')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByLabel('Address', { exact: true })).toHaveAccessibleDescription(new RegExp(why ?? ''))
  }
  expect(server.tunnel?.count).toBe(0)
})

test('an endpoint that cannot be reached is told with a link to open it', async ({ page, server, account }) => {
  server.setWeather({ refuse: true })
  const who = await account()
  await tryToSignIn(page, who, server)
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('The server did not answer.', { timeout: 25_000 })
  await expect(alert.getByRole('link')).toHaveAttribute('href', `${server.origin}/xmpp-websocket`)
  server.setWeather({})
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expectOnline(page)
})

test('a server that hangs can be left, and is told after a while', async ({ page, server, account }) => {
  server.setWeather({ blackhole: true })
  const who = await account()
  await page.clock.install()
  await tryToSignIn(page, who, server)
  await expect(page.getByRole('status').filter({ hasText: 'Signing in…' })).toBeVisible()
  await expect.poll(() => server.tunnel?.count).toBe(1)
  await page.clock.runFor(21_000)
  await expect(page.getByRole('alert')).toContainText('The server took too long to answer.')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expectSignedOut(page)
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(who.password)
})

test('a server without WebSocket is told', async ({ page, stand }) => {
  const { account, url } = await stand({ websocket: false })
  await tryToSignIn(page, await account(), { url })
  await expect(page.getByRole('alert')).toContainText(/The server did not answer\.|not a chat server/, {
    timeout: 25_000,
  })
})

test('a public computer keeps nothing', { tag: '@firefox' }, async ({ page, account, server }) => {
  await signIn(page, await account(), { url: server.url, isPublic: true })
  const { databases, buckets, storages, cookies } = await traces(page)
  // The root database holds settings of the page; an account would have one of its own.
  expect({ databases, buckets, storages, cookies }).toEqual({
    databases: ['besedka:/'],
    buckets: [],
    storages: ['besedka:config:/'],
    cookies: '',
  })
  await page.reload()
  await expectSignedOut(page)
})

test(
  'a reload stays signed in without the password',
  { tag: '@firefox' },
  async ({ page, account, prosody, server }) => {
    const who = await account()
    await signIn(page, who, server)
    const before = (await prosody.sessions(who.user)).map(({ jid }) => jid)
    await page.reload()
    await expectOnline(page)
    const after = await prosody.sessions(who.user)
    // The same session, resumed: neither a second one nor one that hibernates beside it.
    expect(after.map(({ jid, hibernating }) => ({ jid, hibernating }))).toEqual(
      before.map((jid) => ({ jid, hibernating: false })),
    )
  },
)

test('keys that no longer fit ask for the password again', async ({ page, account, prosody, server }) => {
  const who = await account()
  await signIn(page, who, server)
  await page.close()
  await prosody.cut('forget', { user: who.user })
  await prosody.order('register', { users: [{ user: who.user, password: 'another one' }] })
  const again = await page.context().newPage()
  await again.goto(server.url)
  await again.getByRole('button', { name: 'Sign in again' }).click()
  await again.getByRole('dialog').getByLabel('Password', { exact: true }).fill('another one')
  await again.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
  await expectOnline(again)
})

test.describe('before the worker has stored the app', () => {
  test.use({ serviceWorkers: 'block' })

  test('a chat that cannot be loaded says so, and comes when the network is back', async ({
    page,
    account,
    server,
  }) => {
    await page.route('**/_app/immutable/**', async (route) => {
      const response = await route.fetch()
      await ((await response.text()).includes('data-pane="list"') ? route.abort() : route.fulfill({ response }))
    })
    await tryToSignIn(page, await account(), server)
    const told = page.getByRole('alert').filter({ hasText: 'This page could not be loaded.' })
    await expect(told).toBeVisible()
    await page.unroute('**/_app/immutable/**')
    await page.getByRole('button', { name: 'Reload' }).click()
    await expectOnline(page)
  })
})
