// The very first visit, in a browser that knows nothing of us: what comes over the network, and when the form can be used.
// The floor is a page whose script makes a form with two fields.
import { test } from './fixtures.ts'
import { compared, measured, runs, samples } from './measure.ts'
import { heapOf, seen, tasksSince, watchPages } from './probe.ts'
import { serveFloor } from './stock.ts'

test('first load', async ({ device, server }) => {
  serveFloor(server)
  const taken = samples()
  const weights = {
    product: { bytes: [] as number[], requests: [] as number[] },
    floor: { bytes: [] as number[], requests: [] as number[] },
  }
  for (let run = 0; run < runs; run++) {
    for (const who of ['floor', 'product'] as const) {
      const page = await device()
      await watchPages(page.context(), { where: 'field', text: 'INPUT' })
      const devtools = await page.context().newCDPSession(page)
      await devtools.send('Network.enable')
      let [bytes, requests] = [0, 0]
      devtools.on('Network.requestWillBeSent', () => (requests += 1))
      devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
      await page.goto(who === 'floor' ? `${server.url}floor/` : server.url)
      const told = await seen(page)
      taken[who].times.push(told.at)
      taken[who].tasks.push(...tasksSince(told, 0))
      taken[who].heap.push(await heapOf(page))
      weights[who].bytes.push(bytes)
      weights[who].requests.push(requests)
      await page.close()
    }
  }
  compared({ bench: 'first-load', what: 'cold load to a usable sign-in', goal: null }, taken)
  for (const unit of ['bytes', 'requests'] as const) {
    const [product, floor] = [weights.product[unit], weights.floor[unit]]
    measured({
      bench: 'first-load',
      what: `first load, ${unit} until the sign-in is usable`,
      unit,
      product,
      floor,
      goal: null,
    })
  }
})
