import { describe, expect, it } from 'vitest'
import { attributeOf, element } from './element.ts'
import { ns } from './namespace.ts'
import { parseFrame } from './parse.ts'
import { Failed, type Failure } from '#model/failure.ts'
import { isReached, StreamManagement, type StreamState, type Told } from './stream-management.ts'

type Step = (offered: unknown, done: (command?: string) => void) => void

const full = 'romeo@montague.example/x' as StreamState['jid']
const read = (xml: string) => {
  const frame = parseFrame(xml)
  if (frame.kind !== 'element') throw new Error(frame.why)
  return frame.element
}

/** A stream against answers by hand. */
class Stage {
  readonly written: string[] = []
  readonly acked: number[] = []
  readonly due: number[] = []
  readonly features = { handlers: {} as Record<string, Step>, negotiated: {} as Record<string, boolean> }
  readonly ready: (string | null)[] = []
  readonly told: Told[] = []
  readonly failures: Failure[] = []
  isOver = false
  /** What has to be done before an answer is dealt with. */
  dealing: Promise<void> = Promise.resolve()
  readonly negotiation = {
    ready: (jid: string | null) => void this.ready.push(jid),
    failed: (failure: Failure) => void this.failures.push(failure),
    isOver: () => this.isOver,
  }
  /** How often an answer showed that the server hears us. */
  answers = 0
  readonly stream = new StreamManagement(
    (xml) => this.written.push(xml),
    {
      resuming: () => undefined,
      told: (told) => {
        this.told.push(told)
        return this.dealing
      },
      acked: (handled) => this.acked.push(handled),
      ackDue: (handled) => this.due.push(handled),
    },
    () => this.answers++,
  )

  async step(answer: string): Promise<string | undefined> {
    const done = new Promise<string | undefined>((resolve) => this.features.handlers['streamManagement']?.({}, resolve))
    this.stream.receive(read(answer))
    return done
  }

  async enable(resume = true): Promise<this> {
    this.stream.attach({ features: this.features } as never, null, this.negotiation)
    this.features.negotiated['bind'] = true
    await this.step(element('enabled', { xmlns: ns.sm, id: 's1', resume: resume ? 'true' : null }))
    return this
  }

  async resume(state: StreamState, answer: string): Promise<string | undefined> {
    this.stream.attach({ features: this.features } as never, state, this.negotiation)
    return this.step(answer)
  }

  ask(): void {
    this.stream.receive(read(element('r', { xmlns: ns.sm })))
  }
}

describe('counting in', () => {
  it('owes an acknowledgement only for what is committed, in whatever order', async () => {
    const stage = await new Stage().enable()
    const { stream, due } = stage
    const numbers = [stream.countReceived(true), stream.countReceived(false), stream.countReceived(true)]
    expect(numbers).toEqual([1, 2, 3])
    stage.ask()
    expect(due).toEqual([])
    stream.commit(1)
    expect(stream.committed).toBe(2)
    expect(due).toEqual([])
    stream.commit(3)
    expect(due).toEqual([3])
    expect(stream.state(full)).toMatchObject({ id: 's1', handled: 3 })
  })

  it('commits everything before the number it is given', async () => {
    const { stream } = await new Stage().enable()
    for (let i = 0; i < 5; i++) stream.countReceived(true)
    stream.commit(4)
    expect(stream.committed).toBe(4)
    stream.commit(4)
    stream.commit(99)
    expect(stream.committed).toBe(4)
  })

  it('writes an acknowledgement with the number it is told', async () => {
    const stage = await new Stage().enable()
    stage.stream.acknowledge(7)
    expect(attributeOf(read(stage.written.at(-1) ?? ''), 'h')).toBe('7')
  })

  it('counts nothing before it is enabled', () => {
    const { stream } = new Stage()
    expect(stream.countReceived(true)).toBe(0)
    expect(stream.countSent()).toBeNull()
  })
})

describe('counting out', () => {
  it('tells that it is heard by what answers a request, also where that lags, and by nothing that comes unasked', async () => {
    const stage = await new Stage().enable()
    const { stream } = stage
    const ack = (h: number): void => stream.receive(read(element('a', { xmlns: ns.sm, h })))
    for (let i = 0; i < 3; i++) stream.countSent()
    ack(1)
    expect(stage.answers).toBe(0)
    stream.request()
    ack(2)
    expect(stage.answers).toBe(1)
    ack(3)
    expect(stage.answers).toBe(2)
    ack(3)
    expect(stage.answers).toBe(2)
  })

  it('starts behind the request to enable', async () => {
    const { stream } = await new Stage().enable()
    expect([stream.countSent(), stream.countSent()]).toEqual([1, 2])
  })

  it('tells what the server acknowledges, and not what is no number', async () => {
    const stage = await new Stage().enable()
    for (let sent = 0; sent < 3; sent++) stage.stream.countSent()
    for (const h of ['2', '-1', 'x', '1.5', '', '4294967298'])
      stage.stream.receive(read(element('a', { xmlns: ns.sm, h })))
    expect(stage.acked.filter((handled) => handled !== 0)).toEqual([2])
  })

  it.each([4, 5, 100, 2 ** 30])('does not believe that %i of 3 were taken', async (h) => {
    const stage = await new Stage().enable()
    for (let sent = 0; sent < 3; sent++) stage.stream.countSent()
    expect(() => stage.stream.receive(read(element('a', { xmlns: ns.sm, h })))).toThrow('handled')
    expect(stage.acked).toEqual([])
  })

  describe('when the server ends the stream', () => {
    const heard = (stage: Stage, h: number): void => stage.stream.receive(read(element('a', { xmlns: ns.sm, h })))

    it.each<[string, (stage: Stage) => void, number | null]>([
      ['right after a count nobody asked for', (stage) => heard(stage, 2), 2],
      ['without a count', () => undefined, null],
      ['after a count and something else', (stage) => (heard(stage, 2), stage.stream.countReceived(true)), null],
      ['after the answer to a question', (stage) => (stage.stream.request(), heard(stage, 3)), null],
      ['after a count too small to be that answer', (stage) => (stage.stream.request(), heard(stage, 2)), 2],
    ])('%s', async (_when, before, lastWord) => {
      const stage = await new Stage().enable()
      for (let i = 0; i < 3; i++) stage.stream.countSent()
      before(stage)
      stage.stream.ended()
      expect(stage.stream.lastWord).toBe(lastWord)
      expect(stage.stream.state(full) === null).toBe(lastWord !== null)
    })
  })

  it('has nothing to resume where the server does not allow it', async () => {
    const { stream } = await new Stage().enable(false)
    expect(stream.state(full)).toBeNull()
    expect(stream.countSent()).toBe(1)
  })
})

describe('resuming', () => {
  const state: StreamState = { id: 's1', jid: full, handled: 5, sent: 9 }

  it('goes on with both counts, the server’s being the truth about ours', async () => {
    const stage = new Stage()
    expect(await stage.resume(state, element('resumed', { xmlns: ns.sm, previd: 's1', h: 7 }))).toBe('break')
    expect(stage.ready).toEqual([full])
    expect(stage.stream).toMatchObject({ isResumed: true, received: 5, committed: 5, sent: 7 })
    expect(stage.told).toEqual([{ stream: 's1', handled: 7, state: { ...state, sent: 7 } }])
    expect(stage.stream.countReceived(true)).toBe(6)
    expect(stage.written[0]).toContain('h="5"')
  })

  it('remembers what a lost session handled, where the server says so', async () => {
    const stage = new Stage()
    expect(await stage.resume(state, element('failed', { xmlns: ns.sm, h: 8 }))).toBeUndefined()
    expect(stage.stream).toMatchObject({ isResumed: false, id: null })
    expect(stage.told).toEqual([{ stream: 's1', handled: 8, state: null }])
    expect(stage.stream.countSent()).toBeNull()
  })

  it.each(['resumed', 'failed'])('goes on when %s only after that is dealt with', async (answer) => {
    const stage = new Stage()
    let done = (): void => undefined
    stage.dealing = new Promise((resolve) => (done = resolve))
    const next = stage.resume(state, element(answer, { xmlns: ns.sm, previd: 's1', h: 7 }))
    expect(await Promise.race([next, new Promise((resolve) => setImmediate(resolve, 'nothing'))])).toBe('nothing')
    expect(stage.ready).toEqual([])
    done()
    expect(await next).toBe(answer === 'resumed' ? 'break' : undefined)
  })

  it('does not go on where that cannot be dealt with, or nobody goes on any more', async () => {
    const refused = new Stage()
    refused.dealing = Promise.reject(new Failed('storage-full', 'wait'))
    const over = new Stage()
    over.isOver = true
    for (const stage of [refused, over]) {
      void stage.resume(state, element('resumed', { xmlns: ns.sm, previd: 's1', h: 7 }))
      await new Promise((resolve) => setImmediate(resolve))
      expect(stage.ready).toEqual([])
    }
    expect(refused.failures).toMatchObject([{ what: 'storage-full' }])
    expect(over.failures).toEqual([])
  })

  it('takes the presence for told only where the server had it', async () => {
    const [had, lost] = [new Stage(), new Stage()]
    await had.resume({ ...state, announced: 7 }, element('resumed', { xmlns: ns.sm, previd: 's1', h: 7 }))
    await lost.resume({ ...state, announced: 8 }, element('resumed', { xmlns: ns.sm, previd: 's1', h: 7 }))
    expect(had.told[0]?.state).toEqual({ ...state, sent: 7, announced: 7 })
    expect(lost.told[0]?.state).toEqual({ ...state, sent: 7 })
  })

  it('tries only once', async () => {
    const stage = new Stage()
    await stage.resume(state, element('failed', { xmlns: ns.sm }))
    expect(stage.told).toEqual([{ stream: 's1', handled: null, state: null }])
    stage.features.negotiated['bind'] = true
    await stage.step(element('enabled', { xmlns: ns.sm, id: 's2', resume: '1' }))
    expect(stage.stream.id).toBe('s2')
    expect(stage.stream.countSent()).toBe(1)
  })

  it('wraps at 2^32', async () => {
    const stage = new Stage()
    const last = 2 ** 32 - 1
    await stage.resume(
      { ...state, handled: last, sent: last },
      element('resumed', { xmlns: ns.sm, previd: 's1', h: last }),
    )
    const { stream } = stage
    expect([stream.countSent(), stream.countReceived(true), stream.countReceived(true)]).toEqual([0, 0, 1])
    stream.commit(0)
    expect(stream.committed).toBe(0)
    stage.ask()
    expect(stage.due).toEqual([])
    stream.commit(1)
    expect(stage.due).toEqual([1])
  })
})

it.each([
  [5, 5, true],
  [6, 5, true],
  [4, 5, false],
  [0, 2 ** 32 - 1, true],
  [2 ** 32 - 1, 0, false],
])('%i has reached %i: %s', (count, number, expected) => {
  expect(isReached(count, number)).toBe(expected)
})
