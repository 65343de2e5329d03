import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePlaces, type Place } from '#model/message.ts'
import { ascending, descending, placeAfter, placeBefore, type Existing } from './placing.ts'

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
