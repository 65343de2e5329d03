/** Drafts that outlive the page; long texts in parts: nothing lost, nothing cut in two, each part within one frame. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '#model/clock.ts'
import type { Command } from '#model/command.ts'
import type { ConversationId } from '#model/message.ts'
import type { Engine } from '#sync/engine.ts'
import { Composer, cutOff } from './composer.svelte.ts'

const escaped = (text: string): number =>
  new TextEncoder().encode(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')).length

function split(text: string, most: number): string[] {
  const { part, left } = cutOff(text, most)
  return left === '' ? [part] : [part, ...split(left, most)]
}

describe('a text in parts', () => {
  it('is whole when it fits', () => {
    expect(split('short', 100)).toEqual(['short'])
  })

  it('is cut at a line end, else at a space', () => {
    expect(split(`${'a'.repeat(60)}\n${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(60), 'b'.repeat(60)])
    expect(split(`${'a'.repeat(60)} ${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(60), 'b'.repeat(60)])
  })

  it('counts what escaping adds', () => {
    for (const part of split('&'.repeat(1_000), 100)) expect(escaped(part)).toBeLessThanOrEqual(100)
  })

  it('loses nothing but the space it is cut at, and splits no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => {
        const parts = split(text, 120)
        expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        for (const part of parts) {
          expect(escaped(part)).toBeLessThanOrEqual(120)
          expect(/[\ud800-\udfff]/u.test(part)).toBe(false)
        }
      }),
    )
  })
})

describe('sending in parts', () => {
  const failure = { what: 'storage-full', remedy: 'wait', cause: 'test' }
  const first = `${'a'.repeat(50_000)}\n`
  const rest = `${'b'.repeat(50_000)}\n${'c'.repeat(50_000)}`

  /** A disk that takes the first `room` parts; `meanwhile` runs before each is answered. */
  const stage = (room: number, meanwhile: (composer: Composer) => void = () => undefined) => {
    const sent: (Command & { do: 'send' })[] = []
    const timers: (() => void)[] = []
    const clock = { now: () => 0, after: (_ms: number, fn: () => void) => (timers.push(fn), () => undefined) }
    const drafts: string[] = []
    const execute = (command: Command) => {
      if (command.do === 'draft') drafts.push(command.text)
      if (command.do !== 'send') return Promise.resolve({ ok: true, id: null })
      meanwhile(composer)
      if (sent.length >= room) return Promise.resolve({ ok: false, failure })
      sent.push(command)
      return Promise.resolve({ ok: true, id: null })
    }
    const engine = { execute } as unknown as Engine
    const composer = new Composer('c' as ConversationId, first + rest, engine, clock as unknown as Clock, 'tab')
    return { composer, sent, timers, drafts }
  }

  it('takes each off the field as soon as it is stored, and leaves the rest as the draft', async () => {
    const { composer, sent } = stage(3)
    await composer.sendInParts()
    expect(sent.map(({ body }) => body[0])).toEqual(['a', 'b', 'c'])
    expect(sent.map(({ left }) => left)).toEqual([rest, 'c'.repeat(50_000), ''])
    expect([composer.text, composer.failure]).toEqual(['', null])
  })

  it('sends nothing twice where one in the middle could not be stored', async () => {
    const { composer, sent } = stage(1)
    await composer.sendInParts()
    expect([composer.text, composer.failure]).toEqual([rest, failure])
    expect(sent).toHaveLength(1)
    await composer.sendInParts()
    expect([composer.text, sent.length]).toEqual([rest, 1])
  })

  it('keeps what is typed behind it meanwhile, and its draft', async () => {
    const { composer, timers, drafts } = stage(3, (typing) => (typing.text += '!'))
    await composer.sendInParts()
    expect(composer.text).toBe('!!!')
    for (const run of timers) run()
    expect(drafts.at(-1)).toBe('!!!')
  })

  it('stops where the person changes what is still to be sent', async () => {
    const { composer, sent } = stage(3, (typing) => (typing.text = typing.text.replace('c', 'd')))
    await composer.sendInParts()
    expect([sent.length, composer.text]).toEqual([1, rest.replace('c', 'd')])
  })

  it('is not disturbed by the draft of another tab', async () => {
    const { composer, sent } = stage(3, (typing) => typing.adopt('from elsewhere'))
    await composer.sendInParts()
    expect([sent.length, composer.text]).toEqual([3, ''])
  })
})

describe('sending with fast hands', () => {
  const clock = { now: () => 0, after: () => () => undefined } as unknown as Clock
  const open = () => {
    const sent: string[] = []
    const answers: ((isOk: boolean) => void)[] = []
    const execute = (command: Command) => {
      if (command.do === 'send') sent.push(command.body)
      const failure = { what: 'storage-full', remedy: 'wait', cause: 'test' }
      return new Promise((resolve) => answers.push((ok) => resolve(ok ? { ok, id: null } : { ok, failure })))
    }
    const composer = new Composer('c' as ConversationId, 'one', { execute } as unknown as Engine, clock, 'tab')
    const sending = composer.send()
    composer.text += 'two'
    void composer.send()
    composer.text += 'thr'
    return { composer, sent, sending, answers }
  }

  it('sends what stood there when it was to be sent, and leaves what is typed since', async () => {
    const { composer, sent, sending, answers } = open()
    answers[0]?.(true)
    await expect.poll(() => sent).toEqual(['one', 'two'])
    composer.text += 'ee'
    answers[1]?.(true)
    await sending
    expect([sent, composer.text]).toEqual([['one', 'two'], 'three'])
  })

  it('sends nothing behind a text that could not be stored', async () => {
    const { composer, sent, sending, answers } = open()
    answers[0]?.(false)
    await sending
    expect([sent, composer.text]).toEqual([['one'], 'onetwothr'])
  })

  it('sends nothing twice where the same is to be sent again', async () => {
    const { composer, sent, sending, answers } = open()
    composer.text = 'one'
    void composer.send()
    answers[0]?.(true)
    await sending
    expect([sent, composer.text]).toEqual([['one'], ''])
  })
})

describe('a draft when the page goes away', () => {
  const clock = { now: () => 0, after: () => () => undefined } as unknown as Clock
  const open = (execute: () => Promise<unknown>) => {
    const left: string[] = []
    const leaveCommand = (command: Command) => left.push('text' in command ? command.text : '')
    const engine = { execute, leaveCommand } as unknown as Engine
    return { left, composer: new Composer('c' as ConversationId, '', engine, clock, 'tab') }
  }

  it('is left for whoever leads next while it is still being stored', () => {
    const { left, composer } = open(() => new Promise(() => undefined))
    composer.text = 'half a thought'
    void composer.flush()
    composer.leave()
    expect(left).toEqual(['half a thought'])
  })

  it('is left alone once it is stored', async () => {
    const { left, composer } = open(() => Promise.resolve({ ok: true, id: null }))
    composer.text = 'half a thought'
    await composer.flush()
    composer.leave()
    expect(left).toEqual([])
  })
})

describe('a draft of another tab', () => {
  const clock = { now: () => 0, after: () => () => undefined } as unknown as Clock
  const open = () => {
    let answer = (): void => undefined
    const execute = () => new Promise((resolve) => (answer = () => resolve({ ok: true, id: null })))
    const composer = new Composer('c' as ConversationId, 'old', { execute } as unknown as Engine, clock, 'tab')
    return { composer, answer: () => answer() }
  }

  it('stands aside while what was typed here is being stored', async () => {
    const { composer, answer } = open()
    composer.text = 'newer'
    const storing = composer.flush()
    composer.adopt('old')
    expect(composer.text).toBe('newer')
    answer()
    await storing
    composer.adopt('newest')
    expect(composer.text).toBe('newest')
  })

  it('takes nothing away while it is being sent: what fails stays to be sent again', () => {
    const { composer } = open()
    void composer.send()
    composer.adopt('')
    expect(composer.text).toBe('old')
  })
})
