// config.json with mistakes: who runs the site is told each of them in plain words, who only uses it goes on.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from '../fixtures.ts'
import { signIn } from '../person.ts'

const mistaken = {
  domain: 'localhost',
  endpoint: '/xmpp-websocket',
  name: 7,
  lockedDomian: true,
  tokens: { accent: 'red' },
}

test('a bad key is named, and signing in goes on', { tag: '@firefox' }, async ({ page, serve, account }) => {
  const server = await serve({ config: mistaken })
  await page.goto(server.url)
  const notice = page.getByText('This site’s settings file, config.json, has mistakes')
  await expect(notice).toBeVisible()
  await expect(page.getByText('lockedDomian')).toBeHidden()
  await notice.click()
  const items = page.getByRole('main').getByRole('listitem')
  await expect(items).toHaveText([
    /^name.*another kind than expected.*up to 40 characters/,
    /^lockedDomian.*no setting of this name/,
    /^tokens\.accent.*cannot be used.*two hyphens/,
  ])
  const found = await new AxeBuilder({ page }).analyze()
  expect(found.violations.map(({ id }) => id)).toEqual([])

  await signIn(page, await account(), { url: server.url })
  await page.getByRole('link', { name: 'Settings' }).click()
  const about = page.getByRole('region', { name: 'About' })
  await expect(about.getByRole('listitem')).toHaveCount(3)
})

test('a file that became unreadable is named although the copy of yesterday serves', async ({ page, server }) => {
  await page.goto(server.url)
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
  await expect(page.getByText('config.json')).toHaveCount(0)
  server.setFiles({ 'config.json': '{"domain": "localhost"' })
  await page.reload()
  await page.getByText('config.json').click()
  await expect(page.getByText('The file cannot be read')).toBeVisible()
})
