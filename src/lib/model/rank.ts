/**
 * Fractional keys: texts that give rows an order in which there is always room between two neighbours.
 * They compare as JavaScript and IndexedDB compare strings, by code unit. Which rows are neighbours is left to storage.
 *
 * A rank is a whole number and a fraction to base 62. The first letter tells how many digits the number has ("a": one,
 * "b": two; "Z": one below zero, "Y": two), so longer numbers sort right and keys at either end grow by logarithm.
 * A fraction never ends in "0": there would be no room before it.
 */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const base = digits.length
const first = '0'
const last = 'z'

/** A rank after `a` and before `b`; null: nothing on that side. Throws RangeError unless a < b and both are ranks. */
export function rankBetween(a: string | null, b: string | null): string {
  const low = a === null ? null : take(a)
  const high = b === null ? null : take(b)
  if (low === null) return high === null ? 'a0' : before(high)
  if (high === null) return next(low.whole) ?? low.whole + fractionBetween(low.fraction, null)
  if ((a as string) >= (b as string)) throw new RangeError(`no room between ${a} and ${b}`)
  if (low.whole === high.whole) return low.whole + fractionBetween(low.fraction, high.fraction)
  const whole = next(low.whole)
  if (whole !== null && whole < (b as string)) return whole
  return low.whole + fractionBetween(low.fraction, null)
}

interface Rank {
  readonly whole: string
  readonly fraction: string
}

function take(rank: string): Rank {
  const length = lengthOf(rank.charAt(0))
  if (!/^[A-Za-z][0-9A-Za-z]+$/.test(rank) || rank.length < length || (rank.length > length && rank.endsWith(first)))
    throw new RangeError(`not a rank: ${rank.slice(0, 40)}`)
  return { whole: rank.slice(0, length), fraction: rank.slice(length) }
}

/** Length of a whole number with its first letter. */
function lengthOf(head: string): number {
  return head >= 'a' ? head.charCodeAt(0) - 0x61 + 2 : 0x5a - head.charCodeAt(0) + 2
}

function before(high: Rank): string {
  if (high.fraction !== '') return high.whole
  const whole = previous(high.whole)
  if (whole === null) throw new RangeError('no rank is left at this end')
  return whole
}

/** The next whole number; null after the last one, which only 62^26 steps reach. */
function next(whole: string): string | null {
  const at = lastIndexNot(whole, last)
  if (at > 0) return whole.slice(0, at) + digitAfter(whole, at) + first.repeat(whole.length - at - 1)
  const head = whole.charAt(0)
  if (head === last) return null
  const wider = head === 'Z' ? 'a' : String.fromCharCode(head.charCodeAt(0) + 1)
  return wider + first.repeat(lengthOf(wider) - 1)
}

function previous(whole: string): string | null {
  const at = lastIndexNot(whole, first)
  if (at > 0) return whole.slice(0, at) + digitBefore(whole, at) + last.repeat(whole.length - at - 1)
  const head = whole.charAt(0)
  if (head === 'A') return null
  const other = head === 'a' ? 'Z' : String.fromCharCode(head.charCodeAt(0) - 1)
  return other + last.repeat(lengthOf(other) - 1)
}

/** Where the last digit other than `digit` stands; 0 (the first letter) where all are `digit`. */
function lastIndexNot(whole: string, digit: string): number {
  let at = whole.length - 1
  while (at > 0 && whole.charAt(at) === digit) at--
  return at
}

function digitAfter(text: string, at: number): string {
  return digits.charAt(digits.indexOf(text.charAt(at)) + 1)
}

function digitBefore(text: string, at: number): string {
  return digits.charAt(digits.indexOf(text.charAt(at)) - 1)
}

/** A fraction in the middle of low < high, as short as that allows; null: 1. */
function fractionBetween(low: string, high: string | null): string {
  let out = ''
  let bound = high
  for (let at = 0; ; at++) {
    const from = at < low.length ? digits.indexOf(low.charAt(at)) : 0
    const to = bound === null ? base : digits.indexOf(bound.charAt(at))
    if (to - from > 1) return out + digits.charAt(Math.ceil((from + to) / 2))
    if (to > from && bound !== null && bound.length > at + 1) return out + digits.charAt(to)
    // Neighbouring digits leave no room here: keep the lower one, and everything above it is free.
    if (to > from) bound = null
    out += digits.charAt(from)
  }
}
