// Every lie of tests/server at sign-in and on the stream, counted for the table of claims; its named tests are lying-server.test.ts.
import { expect, it } from 'vitest'
import { loginLies } from '../../server/login-lies.ts'
import { faultsOf } from '../../server/meeting.ts'
import { brokenOff, streamLies } from '../../server/stream-lies.ts'
import { report } from '../report.ts'

it('believes no lying server', async () => {
  const begun = Date.now()
  const lies = [...loginLies, ...streamLies, ...brokenOff]
  const faults: string[] = []
  for (let from = 0; from < lies.length; from += 8) {
    const some = lies.slice(from, from + 8)
    const found = await Promise.all(
      some.map(async (lie) =>
        (await faultsOf(lie).catch((error: unknown) => [String(error)])).map((fault) => `${lie.name}: ${fault}`),
      ),
    )
    faults.push(...found.flat())
  }
  report('R13', {
    case: 'lies',
    held: faults.length === 0,
    on: [],
    counts: { lies: lies.length, 'at sign-in': loginLies.length, accepted: faults.length },
    seconds: (Date.now() - begun) / 1000,
  })
  expect(faults).toEqual([])
})
