// The log of what went wrong is a file that the person gets, under the policy of production, and it tells on nobody.
import { readFile } from 'node:fs/promises'
import { expect, test } from '../fixtures.ts'
import { list, tryToSignIn } from '../person.ts'

test('the log is saved, and names errors alone', { tag: '@firefox' }, async ({ page, browserName, account }) => {
  const anna = await account()
  await tryToSignIn(page, { ...anna, password: 'not it' })
  await expect(page.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible()
  await page.getByLabel('Password', { exact: true }).fill(anna.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await list(page).getByRole('link', { name: 'Settings' }).click()
  const save = page.getByRole('button', { name: 'Save log' })
  // Driven like this, Firefox gives no downloads away; that its policy refuses nothing, the watch sees.
  if (browserName === 'firefox') return save.click()
  const downloading = page.waitForEvent('download')
  await save.click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^besedka-log-\d{4}-\d\d-\d\d\.json$/)
  const text = await readFile(await download.path(), 'utf8')
  const file = JSON.parse(text) as { format: number; entries: unknown[] }
  expect(file.format).toBe(1)
  expect(file.entries).toContainEqual(expect.objectContaining({ where: 'sign-in', what: 'wrong-password', count: 1 }))
  expect(text).not.toContain(anna.user)
  expect(text).not.toContain('@')
})
