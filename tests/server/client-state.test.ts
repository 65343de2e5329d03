// Whether anybody looks is told to a server that asked for it (XEP-0352), uncounted, and to no other.
import { afterEach, expect, it, vi } from 'vitest'
import { alice, TestClient } from './client.testing.ts'
import { LyingServer, type Script } from './lying-server.ts'
import { bound, expect as awaited, features, open, proven } from './script.ts'

let server: LyingServer | undefined
let client: TestClient | undefined

afterEach(async () => {
  client?.stop()
  await server?.stop()
})

const offering = (more: string): Script => ({
  steps: [
    ...proven(),
    awaited('open'),
    open(),
    features(`<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>${more}`),
    awaited('iq'),
    bound(),
    { serve: true },
  ],
})

async function tell(script: Script): Promise<string[]> {
  server = new LyingServer(alice, [script])
  client = new TestClient(await server.start())
  client.start()
  await vi.waitUntil(() => client?.isOpen)
  const { session } = client.connection
  session?.setActive(false)
  session?.setActive(true)
  session?.probe()
  const { frames, names } = server.visits[0]!
  await vi.waitUntil(() => frames.at(-1)?.includes('urn:xmpp:ping'))
  return frames.filter((_, at) => names[at] === 'active' || names[at] === 'inactive')
}

it('is told where it is offered', async () => {
  expect(await tell(offering('<csi xmlns="urn:xmpp:csi:0"/>'))).toEqual([
    '<inactive xmlns="urn:xmpp:csi:0"/>',
    '<active xmlns="urn:xmpp:csi:0"/>',
  ])
})

it('is not told where it is not', async () => {
  expect(await tell(offering(''))).toEqual([])
})
