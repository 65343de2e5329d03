// One build under any path, started without a network, and replaced by a newer one.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../fixtures.ts'
import { composer, converse, expectOnline, list, signIn } from '../person.ts'

for (const base of ['/', '/x/', '/x/y/'])
  test(
    `signs in and starts without a network under ${base}`,
    { tag: '@firefox' },
    async ({ page, context, account, serve }) => {
      const server = await serve({ base })
      await signIn(page, await account(), server)
      await page.evaluate(async () => void (await navigator.serviceWorker.ready))
      server.setWeather({ refuse: true })
      server.cut()
      await context.setOffline(true)
      await page.reload()
      await expect(list(page)).toBeVisible()
      // What it loads late is there by then: a load that is cut by leaving the page is told as an error of the worker.
      await expect(page.getByRole('button', { name: 'Try now' })).toBeVisible()
      await context.setOffline(false)
      server.setWeather({})
      await page.reload()
      await expectOnline(page, 20_000)
    },
  )

test('a new version asks, and loses no draft', async ({ page, account, server, shared }) => {
  const [anna, boris] = [await account(), await account()]
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await page.reload()
  await expectOnline(page)
  const next = join(shared.dir, 'next-build')
  cpSync(shared.root, next, { recursive: true })
  const worker = join(next, 'service-worker.js')
  const version = /"version":"([^"]+)"/.exec(readFileSync(join(next, '_app', 'version.json'), 'utf8'))?.[1] ?? ''
  writeFileSync(worker, readFileSync(worker, 'utf8').replaceAll(version, `${version}-next`) + '\n// next\n')
  server.setRoot(next)
  await composer(page).fill('half a thought')
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
  await expect(page.getByText('A new version is ready.')).toBeVisible()
  const loaded = page.waitForEvent('load')
  await page.getByRole('button', { name: 'Update' }).click()
  await loaded
  await expectOnline(page)
  await expect(composer(page)).toHaveValue('half a thought')
})
