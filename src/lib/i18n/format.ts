/**
 * Text in one language: messages of a catalogue with their values, dates, times and amounts.
 * Which language is the person's choice (state/setting); fetching the catalogue is catalogue.ts.
 */
import { IntlMessageFormat } from 'intl-messageformat'
import type { Failure } from '#model/failure.ts'
import type { Messages } from './catalogue.ts'
import type { MessageArguments, MessageKey } from './keys.ts'

const dayLength = 86_400_000

/** The blocks that are right-to-left by default (Unicode's DerivedBidiClass): old and new scripts, and presentation forms. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
/** Every other letter. */
const leftToRight = /(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}])\p{L}/u
/** Controls that could turn the rest of a sentence around (UAX 9). */
const directionControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A value that other people chose, set apart where its direction differs from that of the sentence. */
function isolate(value: string, direction: 'ltr' | 'rtl'): string {
  const clean = value.replace(directionControls, '')
  const isForeign = (direction === 'ltr' ? rightToLeft : leftToRight).test(clean)
  return isForeign ? `\u2068${clean}\u2069` : clean
}

/** The value only chooses a branch of the message: marks around it would choose another one. */
function isChoice(message: object, name: string, value: string): boolean {
  return (message as readonly { value?: string; options?: object }[]).some(
    (part) => part.value === name && part.options !== undefined && Object.hasOwn(part.options, value),
  )
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Midnight at the beginning of the local day, in ms since the epoch. */
function dayStart(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Whole local days from `at` to `now`; 0: the same day. Rounded, because days of a clock change have 23 or 25 hours. */
function daysBetween(at: number, now: number): number {
  return Math.round((dayStart(now) - dayStart(at)) / dayLength)
}

export class Catalogue {
  readonly direction: 'ltr' | 'rtl'
  readonly #messages: Messages
  readonly #locale: string
  readonly #now: () => number
  readonly #formats = new Map<MessageKey, IntlMessageFormat>()
  readonly #dates = new Map<string, Intl.DateTimeFormat>()
  readonly #amounts = new Map<string, Intl.NumberFormat>()

  /** `locale`: BCP 47 tag for dates and numbers, such as the person's own `en-GB`. `now`: ms since the epoch. */
  constructor(messages: Messages, locale: string, now: () => number) {
    this.#messages = messages
    this.#locale = locale
    this.#now = now
    this.direction = /^(ar|he|fa|ur)\b/.test(locale) ? 'rtl' : 'ltr'
  }

  /** The message for a key; values of other people are isolated from the sentence's direction. */
  t<Key extends MessageKey>(key: Key, ...[values]: MessageArguments<Key>): string {
    const message: Messages[MessageKey] = this.#messages[key]
    if (typeof message === 'string') return message
    let format = this.#formats.get(key)
    if (!format) {
      format = new IntlMessageFormat(message, this.#locale)
      this.#formats.set(key, format)
    }
    const safe: Record<string, string | number | Date> = {}
    for (const [name, value] of Object.entries((values ?? {}) as Record<string, string | number | Date>))
      safe[name] = typeof value === 'string' && !isChoice(message, name, value) ? isolate(value, this.direction) : value
    return String(format.format(safe))
  }

  /** Hours and minutes. */
  time(at: number): string {
    return this.#date({ hour: 'numeric', minute: '2-digit' }, at)
  }

  /** "Today", "Yesterday", a weekday of the last six days, else the date. */
  day(at: number): string {
    const days = daysBetween(at, this.#now())
    if (days === 0) return this.t('timeline.today')
    if (days === 1) return this.t('timeline.yesterday')
    if (days > 1 && days < 7) return this.#date({ weekday: 'long' }, at)
    return this.#date({ day: 'numeric', month: 'long', ...this.#yearIfOther(at) }, at)
  }

  /** Date and time in full. */
  full(at: number): string {
    return this.#date({ dateStyle: 'full', timeStyle: 'medium' }, at)
  }

  /** For the list: the time today, the weekday within six days, else the date. */
  brief(at: number): string {
    const days = daysBetween(at, this.#now())
    if (days === 0) return this.time(at)
    if (days > 0 && days < 7) return this.#date({ weekday: 'short' }, at)
    return this.#date({ day: 'numeric', month: 'numeric', ...this.#yearIfOther(at) }, at)
  }

  /** An amount of bytes in the greatest unit that leaves at least 1. */
  bytes(count: number): string {
    const power = Math.min(units.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3))
    const unit = units[power] ?? 'byte'
    const amount = count / 1000 ** power
    const digits = power === 0 || amount >= 10 ? 0 : 1
    return this.#amount(unit, digits).format(amount)
  }

  /** What happened, why, what to do. */
  failure(failure: Failure): string {
    return this.t(`failure.${failure.what}`)
  }

  #yearIfOther(at: number): { year?: 'numeric' } {
    return new Date(at).getFullYear() === new Date(this.#now()).getFullYear() ? {} : { year: 'numeric' }
  }

  #date(options: Intl.DateTimeFormatOptions, at: number): string {
    const name = JSON.stringify(options)
    let format = this.#dates.get(name)
    if (!format) {
      format = new Intl.DateTimeFormat(this.#locale, options)
      this.#dates.set(name, format)
    }
    return format.format(at)
  }

  #amount(unit: string, maximumFractionDigits: number): Intl.NumberFormat {
    const name = `${unit} ${maximumFractionDigits}`
    let format = this.#amounts.get(name)
    if (!format) {
      format = new Intl.NumberFormat(this.#locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits })
      this.#amounts.set(name, format)
    }
    return format
  }
}
