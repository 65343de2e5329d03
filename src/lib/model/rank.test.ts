import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankBetween } from './rank.ts'

describe('rankBetween', () => {
  it('keeps the order over 10,000 inserts anywhere', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (where) => {
        const ranks: string[] = []
        for (let count = 0; count < 10_000; count++) {
          const at = Math.floor((where.next().value as number) * (ranks.length + 1))
          const rank = rankBetween(ranks[at - 1] ?? null, ranks[at] ?? null)
          if (at > 0 && !((ranks[at - 1] as string) < rank)) throw new Error(`${ranks[at - 1]} !< ${rank}`)
          if (at < ranks.length && !(rank < (ranks[at] as string))) throw new Error(`${rank} !< ${ranks[at]}`)
          ranks.splice(at, 0, rank)
        }
        expect(new Set(ranks).size).toBe(10_000)
        expect([...ranks].sort()).toEqual(ranks)
      }),
      { numRuns: 3 },
    )
  })

  it('keeps the order where inserts crowd in one place', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (turns) => {
        let low = rankBetween(null, null)
        let high = rankBetween(low, null)
        for (const turn of turns) {
          const middle = rankBetween(low, high)
          expect(low < middle && middle < high, `${low} < ${middle} < ${high}`).toBe(true)
          if (turn) low = middle
          else high = middle
        }
        expect(low.length).toBeLessThanOrEqual(2 + Math.ceil(turns.length / 2))
      }),
    )
  })

  it('stays short over 100,000 appends and prepends', () => {
    let newest = rankBetween(null, null)
    let oldest = newest
    for (let count = 0; count < 100_000; count++) {
      const after = rankBetween(newest, null)
      const before = rankBetween(null, oldest)
      if (!(newest < after && before < oldest)) throw new Error(`${newest} < ${after}, ${before} < ${oldest}`)
      newest = after
      oldest = before
    }
    expect(newest.length).toBeLessThanOrEqual(4)
    expect(oldest.length).toBeLessThanOrEqual(4)
  })

  it('uses the whole number between two, where there is one', () => {
    expect(rankBetween('a0', 'a2')).toBe('a1')
    expect(rankBetween('a0', 'a1V')).toBe('a1')
    expect(rankBetween('az', 'b00')).toMatch(/^az./)
    expect(rankBetween(null, 'a0V')).toBe('a0')
    expect(rankBetween('Zz', null)).toBe('a0')
    expect(rankBetween('a0', 'a01')).toBe('a00V')
  })

  it.each([
    ['a1', 'a1'],
    ['a2', 'a1'],
    ['', null],
    ['a', null],
    ['a00', null],
    ['0', null],
    ['b1', null],
    [null, 'a!'],
    ['a0-', null],
  ])('throws for %j and %j', (a, b) => {
    expect(() => rankBetween(a, b)).toThrow(RangeError)
  })
})
