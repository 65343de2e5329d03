/** Drafts that outlive the page; long texts in parts: nothing lost, nothing cut in two, each part within one frame. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '#model/clock.ts'
import type { Command } from '#model/command.ts'
import type { ConversationId } from '#model/message.ts'
import type { Engine } from '#sync/engine.ts'
import { Composer, split } from './composer.svelte.ts'

const escaped = (text: string): number =>
  new TextEncoder().encode(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')).length

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
