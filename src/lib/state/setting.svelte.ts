/** What the person chose for this device: language, theme, keys, receipts; and what the storage holds. */
import { askPersistence, isPersistent, readUsage } from '#platform/storage.ts'
import { applyTheme, onTheme, readTheme } from '#platform/theme.ts'
import type { Clock } from '#model/clock.ts'
import type { ConfigProblem } from '#model/config.ts'
import { failureOf, type Failure } from '#model/failure.ts'
import type { Language, SettingSurface, Theme } from './surface.ts'
import type { Text } from './text.svelte.ts'

/** Reads and writes one setting; the root database belongs to storage. */
export interface SettingStore {
  read<T>(name: string): Promise<T | null>
  write(name: string, value: unknown): Promise<void>
}

/** ms until what could not be stored is tried again. */
const retryPause = 2_000

const languages: readonly Language[] = ['en', 'bg', 'ar']

/** The first of the browser's languages that we have. */
export function systemLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().startsWith(language))
    if (found) return found
  }
  return 'en'
}

export class Setting implements SettingSurface {
  languageChoice = $state<Language | 'system'>('system')
  theme = $state<Theme>(readTheme())
  enterSends = $state(true)
  sendReceipts = $state(true)
  sendDisplayed = $state(true)
  listWidth = $state(340)
  usage = $state.raw<{ used: number; limit: number } | null>(null)
  isPersistent = $state<boolean | null>(null)
  /** Why what was chosen last is not stored; null: it is. */
  failure = $state.raw<Failure | null>(null)
  /** Set by the composition root, which reads the file. */
  configProblems = $state.raw<readonly ConfigProblem[]>([])
  readonly version: string
  readonly #text: Text
  readonly #store: SettingStore
  readonly #wanted: readonly string[]
  readonly #clock: Clock
  readonly #unsaved = new Map<string, unknown>()

  constructor(text: Text, store: SettingStore, version: string, wanted: readonly string[], clock: Clock) {
    this.#text = text
    this.#store = store
    this.version = version
    this.#wanted = wanted
    this.#clock = clock
    onTheme((theme) => {
      this.theme = theme
    })
  }

  async load(): Promise<void> {
    const [language, enterSends, receipts, displayed, listWidth] = await Promise.all(
      ['language', 'enter-sends', 'receipts', 'displayed', 'list-width'].map((name) =>
        this.#store.read<unknown>(name).catch(() => null),
      ),
    )
    // What lies there may be another version's, or not whole; what cannot be read was never chosen.
    this.languageChoice = languages.find((each) => each === language) ?? 'system'
    this.enterSends = enterSends !== false
    this.sendReceipts = receipts !== false
    this.sendDisplayed = displayed !== false
    this.listWidth = typeof listWidth === 'number' && Number.isFinite(listWidth) ? listWidth : 340
    const wanted = this.languageChoice === 'system' ? systemLanguage(this.#wanted) : this.languageChoice
    if (wanted !== this.#text.language) await this.#text.use(wanted)
  }

  get language(): Language {
    return this.#text.language
  }

  get direction(): 'ltr' | 'rtl' {
    return this.#text.language === 'ar' ? 'rtl' : 'ltr'
  }

  async setLanguage(choice: Language | 'system'): Promise<void> {
    if (!(await this.#text.use(choice === 'system' ? systemLanguage(this.#wanted) : choice))) return
    this.languageChoice = choice
    await this.#save('language', choice)
  }

  setTheme(theme: Theme): void {
    this.theme = theme
    applyTheme(theme)
  }

  async setEnterSends(value: boolean): Promise<void> {
    this.enterSends = value
    await this.#save('enter-sends', value)
  }

  async setSendReceipts(value: boolean): Promise<void> {
    this.sendReceipts = value
    await this.#save('receipts', value)
  }

  async setSendDisplayed(value: boolean): Promise<void> {
    this.sendDisplayed = value
    await this.#save('displayed', value)
  }

  async setListWidth(width: number): Promise<void> {
    this.listWidth = width
    await this.#save('list-width', width)
  }

  /** It holds in this tab at once; what the disk refuses is told, and tried again until it is stored. */
  async #save(name: string, value: unknown): Promise<void> {
    this.#unsaved.set(name, value)
    try {
      await this.#store.write(name, value)
      if (this.#unsaved.get(name) === value) this.#unsaved.delete(name)
      if (this.#unsaved.size === 0) this.failure = null
    } catch (error) {
      this.failure = failureOf(error)
      this.#clock.after(retryPause, () => {
        if (this.#unsaved.get(name) === value) void this.#save(name, value)
      })
    }
  }

  async refreshUsage(): Promise<void> {
    this.usage = await readUsage()
    this.isPersistent = await isPersistent()
  }

  async askPersistence(): Promise<void> {
    this.isPersistent = await askPersistence()
  }
}
