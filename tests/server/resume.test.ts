// What speaks against a session that could be resumed, and what does not: giving one up may cost messages.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Failed } from '#model/failure.ts'
import { readJid, type BareJid, type FullJid } from '#model/jid.ts'
import { XmppWire } from '#xmpp/xmpp-wire.ts'
import type { Opened, WireListener } from '#xmpp/wire.ts'
import { alice, browserSocket, realClock, sunnyNetwork } from './client.testing.ts'
import { LyingServer, type Script, type Step } from './lying-server.ts'
import { bound, expect as expects, features, greeting, open, proven, script, streamError } from './script.ts'

const self = readJid('alice@example.test') as BareJid
const sm = 'urn:xmpp:sm:3'
const cut: Step = { cut: true }

/** Up to where the client asks to resume. */
const resumable: Step[] = [
  ...proven(),
  expects('open'),
  open(),
  features(`<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><sm xmlns="${sm}"/>`),
  expects('resume'),
]
const resumedAt = (h: number): Step => ({ send: `<resumed xmlns="${sm}" previd="s-1" h="${h}"/>` })
const resumed = resumedAt(7)
/** The server answers the first question on a resumed session: it hears us. */
const hears: Step[] = [expects('iq'), { send: '<iq xmlns="jabber:client" type="result" id="{id}" from="{domain}"/>' }]
/** Whether asked to resume or to bind, it does what is asked. */
const willing: Script = script(...resumable, resumed, { serve: true })
const forgetful: Script = script(
  ...proven(),
  expects('open'),
  open(),
  features(`<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><sm xmlns="${sm}"/>`),
  expects('iq'),
  bound(),
  expects('enable'),
  { send: `<enabled xmlns="${sm}" id="s-2" resume="true"/>` },
  { serve: true },
)

let server: LyingServer | undefined
let wire: XmppWire | undefined
const all: Opened[] = []
/** How far the server said it was, each time that it was asked to resume. */
const told: (number | null)[] = []
/** What the disk does with that. */
let dealing: () => Promise<void> = () => Promise.resolve()
/** Cannot be dealt with. */
let breaks = false
let socket: WebSocket | undefined
const incoming: { number: number; wasOpen: boolean }[] = []

afterEach(async () => {
  wire?.stop('drop')
  all.length = 0
  told.length = 0
  breaks = false
  dealing = () => Promise.resolve()
  incoming.length = 0
  await server?.stop()
})

/** `openLimit` in ms: short only where somebody stands still, so that a slow machine changes nothing. */
async function meet(
  scripts: readonly Script[],
  openLimit = 5_000,
): Promise<{ server: LyingServer; opened: Promise<Opened> }> {
  const made = new LyingServer(alice, scripts)
  server = made
  const endpoint = await made.start()
  const opened = new Promise<Opened>((resolve) => {
    const listener: WireListener = {
      state: () => undefined,
      settled: () => Promise.resolve(),
      told: ({ handled }) => {
        told.push(handled)
        return dealing()
      },
      opened: (session) => {
        all.push(session)
        resolve(session)
      },
      incoming: (_event, number) => {
        incoming.push({ number, wasOpen: all.length > 0 })
        if (breaks) throw new Error('not as it should be')
      },
      acked: () => undefined,
      ackDue: () => undefined,
      closed: () => undefined,
      proven: () => undefined,
    }
    wire = new XmppWire(
      {
        account: self,
        clock: realClock,
        network: sunnyNetwork,
        backoff: { first: 5, most: 5 },
        resume: { id: 's-1', jid: `${self}/test` as FullJid, handled: 3, sent: 9 },
        session: () => ({
          endpoint,
          resource: 'test',
          secret: () => ({ password: alice.password }),
          pinned: null,
          allow: [],
          makeSocket: (url, protocol) => (socket = browserSocket(url, protocol)),
          openLimit,
          keepalive: { interval: 60_000, answer: openLimit },
        }),
      },
      listener,
    )
    wire.start()
  })
  return { server: made, opened }
}

describe('a session that can be resumed', () => {
  it('outlives a network that cuts and is silent before it is asked for', async () => {
    const broken: Script[] = [
      { steps: [], handshake: 'cut' },
      { steps: [], handshake: 'hang' },
      script(expects('open'), cut),
      script(expects('open'), open(), cut),
      script(...greeting(), expects('auth'), cut),
      script(...greeting(), expects('auth'), { hang: true }),
      script(...proven(), cut),
      script(...proven(), expects('open'), { hang: true }),
    ]
    const { opened } = await meet([...broken, willing], 600)
    expect(await opened).toMatchObject({ streamId: 's-1' })
  })

  it('outlives a network that cuts while the server answers, some times in a row', async () => {
    const cuts = Array.from({ length: 5 }, () => [script(...resumable, cut), script(...resumable, resumed, cut)]).flat()
    const silent = script(...resumable, { hang: true })
    const { opened } = await meet([...cuts, silent, ...cuts.slice(0, 4), willing], 600)
    expect(await opened).toMatchObject({ streamId: 's-1' })
  })

  it.each([
    ['says how far it was', 'message', 5, { streamId: 's-2', lastWord: { stream: 's-1', handled: 5 } }],
    // All of ours: seven before, and the question whether it hears.
    ['only answers how far it was', 'r', 8, { streamId: 's-1', lastWord: null }],
  ])('when the server %s and then ends the stream', async (_what, heard, told, next) => {
    const ending = script(
      ...resumable,
      resumed,
      ...hears,
      expects(heard),
      { send: `<a xmlns="${sm}" h="${told}"/>` },
      streamError('not-well-formed'),
    )
    const { opened } = await meet([ending, next.streamId === 's-1' ? willing : forgetful])
    await opened
    if (heard === 'r') wire?.requestAck()
    else wire?.send('<message xmlns="jabber:client" to="bob@example.test"/>')
    expect(await vi.waitUntil(() => all[1], { timeout: 5_000, interval: 5 })).toMatchObject(next)
  })

  it('says nothing of its own before the server has shown that it hears', async () => {
    const late = script(...resumable, resumed, expects('iq'), { send: `<r xmlns="${sm}"/>` }, { hang: true })
    const { server, opened } = await meet([late, late, forgetful], 600)
    await opened
    expect(server.visits[0]?.names.slice(-2)).toEqual(['resume', 'iq'])
  })

  // Prosody 0.12 reads a resumed connection behind the half frame that the one before has left, and garbles what comes first.
  it.each([
    ['does not understand', 1, streamError('not-well-formed'), 5_000],
    ['counts once more and does not understand', 1, { send: `<a xmlns="${sm}" h="7"/>` }, 5_000],
    // The network may carry one way only: it is asked once more.
    ['hears nothing', 2, { hang: true } as Step, 600],
  ])('is given up when the server resumes it and then %s, %i times', async (_what, times, step, openLimit) => {
    const deaf = script(...resumable, resumed, expects('iq'), step, streamError('not-well-formed'))
    const { server, opened } = await meet([...Array.from({ length: times }, () => deaf), forgetful], openLimit)
    expect(await opened).toMatchObject({ streamId: 's-2', lastWord: null })
    expect(told).toEqual(Array.from({ length: times }, () => 7))
    expect(server.visits).toHaveLength(times + 1)
  })

  it('is not given up when the network cuts before the server has shown that it hears', async () => {
    // The question was counted: the second answer says nothing of what was lost before it.
    const counted = script(...resumable, resumedAt(8), { serve: true })
    const { opened } = await meet([script(...resumable, resumed, expects('iq'), cut), counted])
    expect(await opened).toMatchObject({ streamId: 's-1' })
    expect(told).toEqual([7, 8])
  })

  it('is asked nothing before what it told is stored', async () => {
    let stored = (): void => undefined
    dealing = () => new Promise<void>((done) => (stored = done))
    const { server, opened } = await meet([willing])
    await vi.waitUntil(() => told.length > 0, { timeout: 5_000, interval: 5 })
    // Whatever was written has arrived by the time that the server answers another connection.
    const other = new LyingServer(alice, [script(expects('open'), open())])
    const probe = browserSocket(await other.start(), 'xmpp')
    await new Promise<void>((done) => {
      probe.onopen = () => probe.send('<open/>')
      probe.onmessage = () => done()
    })
    await other.stop()
    expect(server.visits[0]?.names.at(-1)).toBe('resume')
    stored()
    expect(await opened).toMatchObject({ streamId: 's-1' })
    expect(server.visits[0]?.names.at(-1)).toBe('iq')
  })

  it('is asked for again, however often what it told could not be stored', async () => {
    dealing = () => (told.length > 8 ? Promise.resolve() : Promise.reject(new Failed('storage-full', 'wait')))
    const { server, opened } = await meet([willing])
    expect(await opened).toMatchObject({ streamId: 's-1' })
    expect(told).toHaveLength(9)
    expect(server.visits.filter(({ names }) => names.includes('iq'))).toHaveLength(1)
  })

  it('hands on what came before it was proven, once it can be committed', async () => {
    const early = '<message xmlns="jabber:client" from="bob@example.test"><body>early</body></message>'
    await meet([script(...resumable, resumed, { send: early }, ...hears, { serve: true })])
    await vi.waitUntil(() => incoming.length > 0, { timeout: 5_000, interval: 5 })
    expect(incoming).toEqual([{ number: 4, wasOpen: true }])
    wire?.commit(4)
    // The answer to the question came behind it.
    expect(wire?.state()).toMatchObject({ handled: 5 })
  })

  it('is resumed anew where what came before it was proven breaks the reader', async () => {
    const early = '<message xmlns="jabber:client" from="bob@example.test"><body>early</body></message>'
    breaks = true
    const { server } = await meet([script(...resumable, resumed, { send: early }, ...hears, { hang: true }), willing])
    await vi.waitUntil(() => all.length > 1, { timeout: 5_000, interval: 5 })
    expect(told).toEqual([7, 7])
    expect(server.visits).toHaveLength(2)
  })

  it('is not taken for proven where its socket takes nothing any more', async () => {
    dealing = () => {
      // The browser knows, and has not told yet.
      if (told.length === 1) Object.defineProperty(socket, 'readyState', { value: 3 })
      return Promise.resolve()
    }
    const { server, opened } = await meet([willing])
    expect(await opened).toMatchObject({ streamId: 's-1' })
    expect(server.visits).toHaveLength(2)
    expect(server.visits[0]?.names.at(-1)).toBe('resume')
  })

  it.each([
    ['hangs up', script(...resumable, cut), 20, 5_000],
    ['stands still', script(...resumable, { hang: true }), 4, 600],
    ['answers no XMPP', script(...resumable, { send: '<resumed' }), 1, 5_000],
  ])('is given up when the server %s each time it is asked for', async (_what, refusing, tries, openLimit) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { server, opened } = await meet([...Array.from({ length: tries }, () => refusing), forgetful], openLimit)
    expect(await opened).toMatchObject({ streamId: 's-2' })
    expect(server.visits).toHaveLength(tries + 1)
  })
})
