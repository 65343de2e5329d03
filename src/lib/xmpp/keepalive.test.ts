import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../tests/flows/stage/clock.ts'
import { Keepalive, patience } from './keepalive.ts'

const times = { interval: 60_000, answer: 15_000 }
const settle = (): Promise<void> => Promise.resolve()

class Stage {
  readonly clock = new ManualClock()
  asked = 0
  dead: string | null = null
  readonly keepalive = new Keepalive(
    this.clock,
    times,
    () => this.asked++,
    (cause) => {
      this.dead ??= cause
      this.keepalive.stop()
    },
  )

  constructor() {
    this.keepalive.start()
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms, settle)
  }

  /** Something comes every second, and none of it is an answer. */
  async talks(seconds: number): Promise<void> {
    for (let at = 0; at < seconds && this.dead === null; at++) {
      await this.pass(1_000)
      this.keepalive.came()
    }
  }
}

describe('a connection', () => {
  it('that is silent is asked, and given up where nothing comes', async () => {
    const stage = new Stage()
    await stage.pass(times.interval)
    expect(stage.asked).toBeGreaterThan(0)
    expect(stage.dead).toBeNull()
    await stage.pass(times.answer)
    expect(stage.dead).toBe('no answer in 15000 ms')
  })

  it('that answers goes on', async () => {
    const stage = new Stage()
    for (let minute = 0; minute < 10; minute++) {
      await stage.pass(times.interval)
      stage.keepalive.came()
      stage.keepalive.answered()
    }
    expect(stage.dead).toBeNull()
  })

  it('that talks without a break, and hears nothing, is given up', async () => {
    const stage = new Stage()
    await stage.talks(times.interval / 1_000)
    expect(stage.asked).toBe(1)
    await stage.talks((patience * times.answer) / 1_000 + 1)
    expect(stage.dead).toBe('it does not hear')
  })

  it('may answer late, behind what it had to send first', async () => {
    const stage = new Stage()
    for (let turn = 0; turn < 5; turn++) {
      await stage.talks(times.interval / 1_000 + (patience * times.answer) / 1_000 - 2)
      stage.keepalive.answered()
    }
    expect(stage.dead).toBeNull()
  })

  it('that is over is neither asked nor ended again', async () => {
    const stage = new Stage()
    stage.keepalive.stop()
    stage.keepalive.came()
    stage.keepalive.answered()
    stage.keepalive.probe()
    await stage.pass(600_000)
    expect([stage.asked, stage.dead]).toEqual([0, null])
  })
})
