/** What the person chose for this device: language, theme, keys, receipts; and what the storage holds. */
import { askPersistence, isPersistent, readUsage } from '#platform/storage.ts'
import { applyTheme, onTheme, readTheme } from '#platform/theme.ts'
import type { ConfigProblem } from '#model/config.ts'
import type { Language, SettingSurface, Theme } from './surface.ts'
import type { Text } from './text.svelte.ts'

/** Reads and writes one setting; the root database belongs to storage. */
export interface SettingStore {
  read<T>(name: string): Promise<T | null>
  write(name: string, value: unknown): Promise<void>
}

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
  listWidth = $state(340)
  usage = $state.raw<{ used: number; limit: number } | null>(null)
  isPersistent = $state<boolean | null>(null)
  /** Set by the composition root, which reads the file. */
  configProblems = $state.raw<readonly ConfigProblem[]>([])
  readonly version: string
  readonly #text: Text
  readonly #store: SettingStore
  readonly #wanted: readonly string[]

  constructor(text: Text, store: SettingStore, version: string, wanted: readonly string[]) {
    this.#text = text
    this.#store = store
    this.version = version
    this.#wanted = wanted
    onTheme((theme) => {
      this.theme = theme
    })
  }

  async load(): Promise<void> {
    const [language, enterSends, receipts, listWidth] = await Promise.all([
      this.#store.read<Language | 'system'>('language'),
      this.#store.read<boolean>('enter-sends'),
      this.#store.read<boolean>('receipts'),
      this.#store.read<number>('list-width'),
    ])
    this.languageChoice = language ?? 'system'
    this.enterSends = enterSends ?? true
    this.sendReceipts = receipts ?? true
    this.listWidth = listWidth ?? 340
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
    await this.#text.use(choice === 'system' ? systemLanguage(this.#wanted) : choice)
    this.languageChoice = choice
    await this.#store.write('language', choice)
  }

  setTheme(theme: Theme): void {
    this.theme = theme
    applyTheme(theme)
  }

  async setEnterSends(value: boolean): Promise<void> {
    this.enterSends = value
    await this.#store.write('enter-sends', value)
  }

  async setSendReceipts(value: boolean): Promise<void> {
    this.sendReceipts = value
    await this.#store.write('receipts', value)
  }

  async setListWidth(width: number): Promise<void> {
    this.listWidth = width
    await this.#store.write('list-width', width)
  }

  async refreshUsage(): Promise<void> {
    this.usage = await readUsage()
    this.isPersistent = await isPersistent()
  }

  async askPersistence(): Promise<void> {
    this.isPersistent = await askPersistence()
  }
}
