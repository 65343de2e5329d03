/** What the person chose holds at once, is stored as soon as the disk takes it, and what lies there broken harms nothing. */
import { expect, it, vi } from 'vitest'
import { Failed } from '#model/failure.ts'
import { ManualClock } from '../../../tests/flows/stage/clock.ts'
import { Setting, type SettingStore } from './setting.svelte.ts'
import { Text } from './text.svelte.ts'

vi.stubGlobal('document', { documentElement: { dataset: {} } })
vi.stubGlobal('addEventListener', () => undefined)

const used: string[] = []
const text = { language: 'en', use: (language: string) => Promise.resolve(used.push(language)) } as unknown as Text
const clock = new ManualClock()
const rest = (): Promise<void> => new Promise((done) => setImmediate(done))

function settingOver(store: SettingStore): Setting {
  return new Setting(text, store, '1', ['en'], clock)
}

it('is tried again until the disk takes it, and says so meanwhile', async () => {
  const stored: unknown[] = []
  let isFull = true
  const setting = settingOver({
    read: () => Promise.resolve(null),
    write: (name, value) => {
      if (isFull) return Promise.reject(new Failed('storage-full', 'wait'))
      return Promise.resolve(void stored.push([name, value]))
    },
  })
  await setting.setEnterSends(false)
  await setting.setListWidth(300)
  await setting.setListWidth(400)
  expect([setting.enterSends, setting.listWidth]).toEqual([false, 400])
  expect(setting.failure).toMatchObject({ what: 'storage-full' })
  await clock.advance(10_000, rest)
  expect(setting.failure).not.toBeNull()
  isFull = false
  await clock.advance(2_000, rest)
  expect(stored).toEqual([
    ['enter-sends', false],
    ['list-width', 400],
  ])
  expect(setting.failure).toBeNull()
})

it('takes what is no setting, or cannot be read, for never chosen', async () => {
  const rows = new Map<string, unknown>([
    ['language', 'tlh'],
    ['enter-sends', 'maybe'],
    ['list-width', { wide: true }],
  ])
  const setting = settingOver({
    read: <T>(name: string) =>
      name === 'receipts' ? Promise.reject(new Error('closed')) : Promise.resolve(rows.get(name) as T),
    write: () => Promise.resolve(),
  })
  await setting.load()
  expect([setting.languageChoice, setting.enterSends, setting.sendReceipts, setting.listWidth]).toEqual([
    'system',
    true,
    true,
    340,
  ])
  expect(used).toEqual([])
})

it('speaks the language that was chosen last, whichever is loaded first', async () => {
  const waiting = new Map<string, () => void>()
  const answer = { ok: true, json: () => Promise.resolve({}) }
  vi.stubGlobal('fetch', (address: string) => {
    const language = /(en|bg|ar)[^/]*json/.exec(address)?.[1] ?? ''
    return language === 'bg'
      ? new Promise((resolve) => waiting.set(language, () => resolve(answer)))
      : Promise.resolve(answer)
  })
  const stored: unknown[] = []
  const real = await Text.load('en', ['en'], clock)
  const store = {
    read: () => Promise.resolve(null),
    write: (_: string, value: unknown) => Promise.resolve(void stored.push(value)),
  }
  const setting = new Setting(real, store, '1', ['en'], clock)
  const early = setting.setLanguage('bg')
  await setting.setLanguage('ar')
  waiting.get('bg')?.()
  await early
  expect([setting.language, setting.languageChoice, stored]).toEqual(['ar', 'ar', ['ar']])
})
