import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePlaces, type Place } from '#model/message.ts'
import { ascending, between, descending, placeAfter, placeBefore, rising, type Existing } from './placing.ts'

const stored = (place: Place, part: Partial<Existing> = {}): Existing => ({
  ...place,
  isPending: false,
  isCovered: true,
  isAgain: false,
  ...part,
})
const stamps = fc.array(fc.nat(5), { minLength: 1, maxLength: 30 })

describe('one place', () => {
  it('is the stamp where that is after the previous one', () => {
    expect(placeAfter({ at: 5, rank: 'a3' }, 6).at).toBe(6)
    expect(placeBefore({ at: 5, rank: 'a3' }, 4).at).toBe(4)
    expect(placeAfter(null, 7).at).toBe(7)
  })

  it('keeps order where the stamp does not', () => {
    const place = { at: 5, rank: 'a3' }
    for (const stamp of [5, 4, -1]) expect(comparePlaces(place, placeAfter(place, stamp))).toBeLessThan(0)
    for (const stamp of [5, 6, 99]) expect(comparePlaces(placeBefore(place, stamp), place)).toBeLessThan(0)
  })
})

describe('a page', () => {
  it('read ahead leaves what is covered where it stands, and puts the rest behind it', () => {
    const places = [1, 1, 1].reduce<Place[]>((all, at) => [...all, placeAfter(all.at(-1) ?? null, at)], [])
    const order = ascending('ahead')
    const covered = places[2] as Place
    const page = [...places.slice(1).map((place) => stored(place)), null, null]
    const found = page.map((existing) => order.place('c', covered, 1, existing))
    expect(found.slice(0, 2)).toMatchObject(places.slice(1).map(({ at, rank }) => ({ at, rank })))
    for (let i = 1; i < found.length; i++)
      expect(comparePlaces(found[i - 1] as Place, found[i] as Place)).toBeLessThan(0)
  })

  it('read forward stands in its order after what is covered, whatever its stamps', () => {
    fc.assert(
      fc.property(stamps, fc.nat(5), (each, at) => {
        const order = ascending('forward')
        const covered = placeAfter(null, at)
        const places = [covered, ...each.map((stamp) => order.place('c', covered, stamp, null))]
        for (let i = 1; i < places.length; i++)
          expect(comparePlaces(places[i - 1] as Place, places[i] as Place)).toBeLessThan(0)
      }),
    )
  })

  it('read backward stands in its order before the oldest', () => {
    fc.assert(
      fc.property(stamps, fc.nat(5), (each, at) => {
        const oldest = placeAfter(null, at)
        const order = descending(new Map([['c', oldest]]))
        const places = [oldest, ...each.map((stamp) => order.place('c', null, stamp, null))]
        for (let i = 1; i < places.length; i++)
          expect(comparePlaces(places[i] as Place, places[i - 1] as Place)).toBeLessThan(0)
      }),
    )
  })

  it('keeps conversations apart', () => {
    const order = ascending('forward')
    expect(order.place('a', null, 9, null).at).toBe(9)
    expect(order.place('b', null, 1, null).at).toBe(1)
  })

  it('moves a live copy behind what came before it in the archive', () => {
    const live = { at: 1, rank: 'a1' }
    const order = ascending('forward')
    const first = order.place('c', { at: 0, rank: 'a0' }, 10, null)
    expect(comparePlaces(first, order.place('c', first, 11, stored(live)))).toBeLessThan(0)
  })

  it('leaves a live copy where it is while its order and its time are right', () => {
    const previous = { at: 10_000, rank: 'a3' }
    const place = (live: Place, part: Partial<Existing> = {}): Place =>
      ascending('forward').place('c', previous, 20_000, stored(live, part))
    const near = { at: 20_900, rank: 'a1' }
    expect(place(near)).toEqual(near)
    expect(place(near, { isPending: true }).at).toBe(20_000)
    expect(place({ at: 86_400_000, rank: 'a1' }).at).toBe(20_000)
    expect(place({ at: 9_999, rank: 'a1' }).at).toBe(20_000)
  })

  it('leaves a message where it is that was archived once more', () => {
    const covered = { at: 50, rank: 'a0' }
    const place = { at: 10, rank: 'a0' }
    expect(ascending('forward').place('c', covered, 60, stored(place, { isAgain: true }))).toEqual(place)
  })

  it('read by stamps leaves what an earlier page covered', () => {
    const place = { at: 10, rank: 'a0' }
    expect(ascending('free').place('c', { at: 50, rank: 'a0' }, 11, stored(place))).toEqual(place)
    expect(ascending('free').place('c', null, 11, stored(place)).at).toBe(11)
  })
})

describe('a page of what was told before', () => {
  const item = fc.record({ stamp: fc.nat(40), wasTold: fc.boolean() })

  it('puts what came late between its neighbours in the archive, whatever clock placed those, and moves none of them', () => {
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: -20, max: 20 }),
        fc.tuple(fc.nat(29), fc.nat(29)),
        (items, skew, ends) => {
          const archive = items.sort((a, b) => a.stamp - b.stamp)
          let tail: Place | null = null
          const told = archive.map(({ stamp, wasTold }) => (wasTold ? (tail = placeAfter(tail, stamp + skew)) : null))
          const [start, end] = ends.map((each) => Math.min(each, archive.length - 1)).sort((a, b) => a - b) as [
            number,
            number,
          ]
          const placed = told.filter((place) => place !== null)
          const known = told.slice(start, end + 1).filter((place) => place !== null)
          const around = (way: 1 | -1, of: Place | undefined) => (of && placed[placed.indexOf(of) + way]) ?? null
          const before = around(-1, known[0])
          const behind = around(1, known.at(-1))
          const order = between(new Map([['c', { before, known, behind }]]))
          const found = told.map((place, at) =>
            at < start || at > end ? place : order.place('c', tail, archive[at]?.stamp ?? 0, place && stored(place)),
          )
          told.forEach((place, at) => place && expect(found[at]).toEqual(place))
          if (known.length === 0) return
          const all = found.filter((place) => place !== null)
          for (let at = 1; at < all.length; at++)
            expect(comparePlaces(all[at - 1] as Place, all[at] as Place)).toBeLessThan(0)
        },
      ),
    )
  })

  it('puts what stands out of the archive’s order into it', () => {
    const [a, b, c] = [10, 20, 30].map((at) => ({ at, rank: 'a0' })) as [Place, Place, Place]
    const order = between(new Map([['c', { before: null, known: rising([c, a, b]), behind: null }]]))
    const found = [c, a, b].map((place, at) => order.place('c', c, at, stored(place)))
    expect(found.slice(1)).toEqual([a, b])
    expect(comparePlaces(found[0] as Place, a)).toBeLessThan(0)
  })

  it('is told nothing by a message that was archived once more, and leaves it', () => {
    const [a, again, b] = [10, 30, 20].map((at) => ({ at, rank: 'a0' })) as [Place, Place, Place]
    const order = between(new Map([['c', { before: null, known: [a, b], behind: null }]]))
    order.place('c', again, 10, stored(a))
    expect(order.place('c', again, 11, stored(again, { isAgain: true }))).toEqual(again)
    expect(order.place('c', again, 12, null)).toEqual({ at: 12, rank: 'a0' })
  })

  it('goes by the stamps where nothing of it is known', () => {
    const order = between(new Map())
    expect(order.place('c', null, 7, null).at).toBe(7)
    expect(order.place('c', null, 9, null).at).toBe(9)
  })
})

it('the longest rising selection leaves out the fewest', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(8), { maxLength: 9 }), (each) => {
      const places = each.map((at) => ({ at, rank: 'a0' }))
      const found = rising(places).map(({ at }) => at)
      expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
      let from = -1
      for (const at of found) expect((from = each.indexOf(at, from + 1))).toBeGreaterThanOrEqual(0)
      let longest = 0
      for (let mask = 0; mask < 2 ** each.length; mask++) {
        const some = each.filter((_, at) => mask & (2 ** at))
        if (some.every((at, index) => index === 0 || at > (some[index - 1] ?? 0)))
          longest = Math.max(longest, some.length)
      }
      expect(found.length).toBe(longest)
    }),
  )
})
