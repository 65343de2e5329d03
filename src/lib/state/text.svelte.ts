/** Text in the person's language; components follow when the language changes. */
import { fetchCatalogue } from '#i18n/catalogue.ts'
import { Catalogue } from '#i18n/format.ts'
import type { MessageArguments, MessageKey } from '#i18n/keys.ts'
import type { Failure } from '#model/failure.ts'
import type { Clock } from '#model/clock.ts'
import type { Language, TextSurface } from './surface.ts'

export class Text implements TextSurface {
  #catalogue: Catalogue
  #language: Language
  /** Counts what was asked for: what is loaded late must not go over what was chosen after it. */
  #turn = 0
  readonly #clock: Clock
  readonly #wanted: readonly string[]

  /** @throws where the catalogue cannot be had */
  static async load(language: Language, wanted: readonly string[], clock: Clock): Promise<Text> {
    return new Text(language, await load(language, wanted, clock), wanted, clock)
  }

  private constructor(language: Language, catalogue: Catalogue, wanted: readonly string[], clock: Clock) {
    this.#wanted = wanted
    this.#language = $state.raw(language)
    this.#catalogue = $state.raw(catalogue)
    this.#clock = clock
  }

  get language(): Language {
    return this.#language
  }

  /** False: another one was asked for meanwhile, and stands. @throws where the catalogue cannot be had */
  async use(language: Language): Promise<boolean> {
    const turn = ++this.#turn
    const catalogue = await load(language, this.#wanted, this.#clock)
    if (turn !== this.#turn) return false
    this.#catalogue = catalogue
    this.#language = language
    return true
  }

  t<Key extends MessageKey>(key: Key, ...values: MessageArguments<Key>): string {
    return this.#catalogue.t(key, ...values)
  }

  time(at: number): string {
    return this.#catalogue.time(at)
  }

  day(at: number): string {
    return this.#catalogue.day(at)
  }

  full(at: number): string {
    return this.#catalogue.full(at)
  }

  brief(at: number): string {
    return this.#catalogue.brief(at)
  }

  bytes(count: number): string {
    return this.#catalogue.bytes(count)
  }

  failure(failure: Failure): string {
    return this.#catalogue.failure(failure)
  }
}

/** Dates and numbers as in the person's own country, where the browser names one for this language. */
async function load(language: Language, wanted: readonly string[], clock: Clock): Promise<Catalogue> {
  const locale = wanted.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language
  return new Catalogue(await fetchCatalogue(language), locale, () => clock.now())
}
