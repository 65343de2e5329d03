// 10,000 messages missed in 50 conversations: from the first question to the archive until all of it is stored, as the unread
// count in the title tells, and until the newest stands in the list, which the product fetches first. The floor pages through the same archive on the same server, and asks for the next page while it stores.
import { expect, test } from './fixtures.ts'
import { expectOnline } from '../e2e/person.ts'
import { messages } from '../e2e/store.ts'
import { compared, measured, runs, samples } from './measure.ts'
import { heapOf, look, profiled, seen, tasksSince, want, watchPages } from './probe.ts'
import { conversations, fillAll, floorDoes, serveFloor, signInAmongFriends } from './stock.ts'

const count = 10_000

test('catch-up', async ({ page, context, account, prosody, server }) => {
  const anna = await account()
  await watchPages(context, null)
  serveFloor(server)
  await signInAmongFriends(page, anna, prosody, server)
  await page.close()
  const taken = samples()
  const first: number[] = []
  const wire = { product: [] as number[], floor: [] as number[] }
  let last = `archive-first-${conversations - 1}`
  for (let run = 0; run < runs; run++) {
    await prosody.cut('forget', { user: anna.user })
    const body = (at: number) => `missed ${at} in run ${run}.`
    await fillAll(prosody, anna, { count, name: `run-${run}`, ago: 60, body })
    const measure = async (who: 'product' | 'floor') => {
      const [isFloor, into] = [who === 'floor', taken[who]]
      const of = await context.newPage()
      await of.goto(isFloor ? `${server.url}floor/#wire` : 'about:blank')
      const unread = (run + 1) * count
      const told = await profiled(of, `catch-up-${who}-${run}`, async () => {
        if (!isFloor) await of.goto(`${server.url}#/settings`)
        await want(of, 'list', body(count - 1))
        if (isFloor) await floorDoes(of, 'catchUp', anna, last)
        const newest = await seen(of)
        if (isFloor) return newest
        first.push(newest.at - newest.wire['<max>']!.first)
        await look(of, 'title', `(${unread})`)
        return seen(of)
      })
      const from = told.wire['<max>']!.first
      into.times.push(told.at - from)
      wire[who].push(told.wire['<fin']!.last - from)
      into.tasks.push(...tasksSince(told, from))
      if (!isFloor) await expectOnline(of)
      into.heap.push(await heapOf(of))
      if (!isFloor) {
        const stored = await messages(of)
        expect(new Set(stored.map(({ archiveId }) => archiveId)).size).toBe(conversations + (run + 1) * count)
      }
      await of.close()
    }
    await measure('floor')
    await measure('product')
    last = `archive-run-${run}-${count - 1}`
  }
  console.log('wire', wire)
  measured({
    bench: 'catch-up',
    what: `${count.toLocaleString('en-GB')} missed messages: the newest in the list`,
    unit: 'ms',
    product: first,
    floor: null,
    goal: null,
  })
  compared(
    {
      bench: 'catch-up',
      what: `${count.toLocaleString('en-GB')} missed messages over ${conversations} conversations`,
      goal: 1.5,
    },
    taken,
  )
})
