import { describe, expect, it } from 'vitest'
import type { Clock } from '#model/clock.ts'
import type { BareJid } from '#model/jid.ts'
import { Connection, type ConnectionState } from './connection.ts'

const domain = 'montague.example'
const framing = 'urn:ietf:params:xml:ns:xmpp-framing'
const streams = 'http://etherx.jabber.org/streams'

/** A socket that does what its script says. */
class FakeSocket {
  readyState = 0
  protocol = 'xmpp'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  readonly #answers: readonly string[]
  #asked = 0

  constructor(answers: readonly string[] | null) {
    this.#answers = answers ?? []
    queueMicrotask(() => {
      if (answers === null) return this.onclose?.()
      this.readyState = 1
      this.onopen?.()
    })
  }

  /** The script has a line for each frame; `{id}` is that of the frame it answers. */
  send(frame: string): void {
    const id = /\sid=["']([^"']*)/.exec(frame)?.[1] ?? ''
    const answer = (this.#answers[this.#asked++] ?? '').replace('{id}', id)
    for (const data of answer.split('\n')) setImmediate(() => this.onmessage?.({ data }))
  }

  hangUp(): void {
    this.readyState = 3
    this.onclose?.()
  }

  close(): void {
    this.readyState = 3
  }
}

const greeting = `<open xmlns="${framing}" from="${domain}" id="s" version="1.0"/>`
const streamError = (condition: string): string =>
  `${greeting}\n<stream:error xmlns:stream="${streams}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`
const mechanisms = `${greeting}\n<stream:features xmlns:stream="${streams}"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>`
/** Answers up to a bound session. */
const welcome = [
  `${greeting}\n<stream:features xmlns:stream="${streams}"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
  '<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>',
  `${greeting}\n<stream:features xmlns:stream="${streams}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></stream:features>`,
  `<iq xmlns="jabber:client" type="result" id="{id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>romeo@${domain}/x</jid></bind></iq>`,
]
const refusal = '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/></failure>'

class Stage {
  script: readonly string[] | null = null
  socket: FakeSocket | null = null
  tries = 0
  time = 0
  online = true
  visible = true
  readonly states: ConnectionState[] = []
  readonly timers = new Set<{ due: number; run: () => void }>()
  readonly heard = new Set<() => void>()
  readonly clock: Clock = {
    now: () => this.time,
    monotonic: () => this.time,
    after: (ms, run) => {
      const timer = { due: this.time + ms, run }
      this.timers.add(timer)
      return () => this.timers.delete(timer)
    },
  }
  readonly connection = new Connection(
    this.clock,
    {
      isOnline: () => this.online,
      isVisible: () => this.visible,
      isFrozen: () => false,
      onChange: (fn) => {
        this.heard.add(fn)
        return () => this.heard.delete(fn)
      },
    },
    { first: 1_000, most: 60_000 },
    () =>
      Promise.resolve({
        account: `romeo@${domain}` as BareJid,
        endpoint: `wss://${domain}/ws`,
        resource: 'x',
        secret: () => ({ password: 'pencil' }),
        pinned: null,
        allow: ['PLAIN'],
        resume: null,
        clock: this.clock,
        makeSocket: () => {
          this.tries++
          this.socket = new FakeSocket(this.script)
          return this.socket as unknown as WebSocket
        },
        openLimit: 20_000,
        keepalive: { interval: 60_000, answer: 15_000 },
      }),
    {
      state: (state) => this.states.push(state),
      opened: () => undefined,
      refused: () => undefined,
      incoming: () => undefined,
      acked: () => undefined,
      ackDue: () => undefined,
      resuming: () => undefined,
      told: () => Promise.resolve(),
      closed: () => undefined,
      proven: () => undefined,
    },
  )

  get state(): ConnectionState | undefined {
    return this.states.at(-1)
  }

  /** Until it waits or has stopped. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 5_000 && this.state?.phase === 'connecting'; turn++)
      await new Promise((done) => setImmediate(done))
  }

  async start(script: readonly string[] | null): Promise<this> {
    this.script = script
    this.connection.start()
    await this.rest()
    return this
  }

  /** Lets the next pause end; how long it was. */
  async pause(): Promise<number> {
    const next = [...this.timers].sort((a, b) => a.due - b.due)[0]
    if (!next) throw new Error('nothing waits')
    const ms = next.due - this.time
    this.timers.delete(next)
    this.time = next.due
    next.run()
    await this.rest()
    return ms
  }

  /** The session stands for so long, then the server hangs up. */
  async lose(ms: number): Promise<void> {
    expect(this.state).toEqual({ phase: 'open' })
    this.time += ms
    this.socket?.hangUp()
    await this.rest()
  }

  change(part: { online?: boolean; visible?: boolean }): void {
    Object.assign(this, part)
    for (const fn of this.heard) fn()
  }
}

describe('a server that does not answer', () => {
  it('is tried again after growing pauses, up to a minute', async () => {
    const stage = await new Stage().start(null)
    expect(stage.state).toMatchObject({ phase: 'waiting', failure: { what: 'endpoint-unreachable' } })
    for (let expected = 1_000, i = 0; i < 9; i++, expected = Math.min(60_000, expected * 2)) {
      const ms = await stage.pause()
      expect(ms).toBeGreaterThanOrEqual(expected * 0.75)
      expect(ms).toBeLessThanOrEqual(expected * 1.25)
    }
    expect(stage.tries).toBe(10)
  })

  it('is tried at once when the person says so, and from the shortest pause again', async () => {
    const stage = await new Stage().start(null)
    for (let i = 0; i < 6; i++) await stage.pause()
    stage.connection.tryNow()
    await stage.rest()
    expect(stage.tries).toBe(8)
    expect(await stage.pause()).toBeLessThanOrEqual(1_250)
  })

  it('is tried at once when the network comes back, and not while there is none', async () => {
    const stage = await new Stage().start(null)
    stage.change({ online: false })
    await stage.pause()
    expect(stage.tries).toBe(1)
    expect(stage.state).toMatchObject({ phase: 'waiting', failure: { what: 'offline' }, retryAt: null })
    stage.change({ online: true })
    await stage.rest()
    expect(stage.tries).toBe(2)
  })

  it('is left alone after stop', async () => {
    const stage = await new Stage().start(null)
    stage.connection.stop('drop')
    expect(stage.state).toEqual({ phase: 'stopped', failure: null })
    stage.change({ online: false })
    stage.change({ online: true })
    expect(stage.timers.size + stage.heard.size).toBe(0)
    expect(stage.tries).toBe(1)
  })
})

describe('a server that binds and hangs up', () => {
  it('is tried after growing pauses, as if it had refused', async () => {
    const stage = await new Stage().start(welcome)
    for (let expected = 1_000, i = 0; i < 8; i++, expected = Math.min(60_000, expected * 2)) {
      await stage.lose(500)
      expect(await stage.pause()).toBeGreaterThanOrEqual(expected * 0.75)
    }
    expect(stage.tries).toBe(9)
  })

  it('is tried soon again once a session stood longer than the pause before it', async () => {
    const stage = await new Stage().start(welcome)
    for (let i = 0; i < 4; i++) {
      await stage.lose(500)
      await stage.pause()
    }
    await stage.lose(17_000)
    expect(await stage.pause()).toBeLessThanOrEqual(1_250)
  })
})

describe('what only the person can decide', () => {
  it.each([
    ['conflict', [streamError('conflict')], 'conflict'],
    ['a server of another domain', [greeting.replace(domain, 'evil.example')], 'wrong-domain'],
    ['a wrong password', [mechanisms, refusal], 'wrong-password'],
  ])('stops the trying: %s', async (_, script, what) => {
    const stage = await new Stage().start(script)
    expect(stage.state).toMatchObject({ phase: 'stopped', failure: { what } })
    expect(stage.timers.size).toBe(0)
    stage.change({ online: false })
    stage.change({ online: true })
    await stage.rest()
    expect(stage.tries).toBe(1)
    stage.connection.tryNow()
    await stage.rest()
    expect(stage.tries).toBe(2)
  })

  it('does not stop it: an opening that nobody asked for, whatever it says', async () => {
    const stage = await new Stage().start(welcome)
    stage.socket?.onmessage?.({ data: greeting.replace(domain, 'evil.example') } as MessageEvent)
    expect(stage.state).toMatchObject({ phase: 'waiting', failure: { what: 'stream-invalid', cause: 'opened twice' } })
  })

  it.each(['system-shutdown', 'policy-violation', 'reset'])('does not stop it: %s', async (condition) => {
    const stage = await new Stage().start([streamError(condition)])
    expect(stage.state).toMatchObject({ phase: 'waiting', failure: { what: 'stream-refused', cause: condition } })
  })
})
