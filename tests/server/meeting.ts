// One client meets one lie, then an honest server: what went wrong with that, in words. For the test that names each lie, and
// for the laboratory that counts them.
import { alice, TestClient } from './client.testing.ts'
import type { Lie } from './lie.ts'
import { LyingServer } from './lying-server.ts'
import { honest } from './script.ts'

/** Nothing: the lie was not believed, the person was told, nothing was given away, and the same client then worked. */
export async function faultsOf(lie: Lie): Promise<string[]> {
  const server = new LyingServer(alice, [lie.script, honest()])
  // Only where standing still is the lie is the time short: elsewhere a slow machine must not change the answer.
  const openLimit = lie.told === 'connection-timeout' ? 400 : 5000
  const client = new TestClient(await server.start(), { pinned: lie.pinned ?? null, openLimit })
  try {
    return await judge(lie, server, client)
  } finally {
    client.stop()
    await server.stop()
  }
}

async function judge(lie: Lie, server: LyingServer, client: TestClient): Promise<string[]> {
  const faults: string[] = []
  const check = (isRight: boolean, fault: string): void => void (isRight || faults.push(fault))
  client.start()
  const { what } = await client.untilFailure()
  const [visit] = server.visits
  check(what === lie.told, `told ${what} instead of ${lie.told}`)
  check(visit?.outcome !== 'wrong proof', 'the proof was wrong')
  for (const name of lie.unsent) check(visit?.names.includes(name) !== true, `sent <${name}>`)
  check(client.proofs.length === (lie.isProven === true ? 1 : 0), 'believed')
  check(visit?.frames.join('\n').includes(alice.password) !== true, 'the password was sent')
  await client.untilOpenAgain()
  check(server.visits.length === 2 && server.visits[1]?.outcome === 'played', 'the honest server was not understood')
  return faults
}
