// What the benchmarks with a full store share: product and floor side by side over the same rows.
import type { BrowserContext, Page } from '@playwright/test'
import type { Fixtures, Server } from './fixtures.ts'
import type { Control } from '../../tools/prosody/control.mjs'
import { watchPages } from './probe.ts'
import { expectOnline } from '../e2e/person.ts'
import { floorDoes, newestWords, placeOf, serveFloor, signInAmongFriends, stock, type Place } from './stock.ts'

export interface Pair {
  floor: Page
  place: Place
  /** Loads the floor with the product's rows in its address; with a conversation it shows that at once. */
  loadFloor(conversation?: string): Promise<void>
  /** Brings the store to so many messages; afterwards the product is loaded anew, with no conversation open. */
  bringTo(stored: number): Promise<void>
}

interface Hands extends Pick<Fixtures, 'account'> {
  page: Page
  context: BrowserContext
  prosody: Control
  server: Server
}

/** Signs in, and opens the floor beside it, kept by a worker of its own. Both look for the newest message when they load. */
export async function stockedPair({ page, context, account, prosody, server }: Hands): Promise<Pair> {
  await watchPages(context, { where: 'newest', text: newestWords })
  serveFloor(server)
  await signInAmongFriends(page, await account(), prosody, server)
  const place = await placeOf(page)
  const floor = await context.newPage()
  const loadFloor = async (conversation = '') => {
    const hash = [place.bucket, place.name, conversation].map(encodeURIComponent).join('/')
    await floor.goto('about:blank')
    await floor.goto(`${server.url}floor/#${hash}`)
  }
  await loadFloor()
  await floorDoes(floor, 'keep')
  await floor.evaluate(async () => void (await navigator.serviceWorker.ready))
  const bringTo = async (stored: number) => {
    // By a page of its own, while nobody else has the database open: a page that is measured must not wait for it.
    for (const each of [page, floor]) await each.goto('about:blank')
    const stocker = await context.newPage()
    await stocker.goto(`${server.url}floor/`)
    await stock(stocker, place, stored)
    await stocker.close()
    await page.bringToFront()
    await page.goto(`${server.url}#/`)
    await expectOnline(page)
  }
  return { floor, place, loadFloor, bringTo }
}
