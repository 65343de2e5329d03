/**
 * Fetches the catalogue of a language: JSON beside the code, so that the precache has it and no other language is loaded.
 * The files are made by tools/catalogue-keys.mjs from en.json, bg.json and ar.json; format.ts turns them into text.
 */
import type { IntlMessageFormat } from 'intl-messageformat'
import arabic from './compiled/ar.json?url&no-inline'
import bulgarian from './compiled/bg.json?url&no-inline'
import english from './compiled/en.json?url&no-inline'
import type { MessageKey } from './keys.ts'

type Tree = ReturnType<IntlMessageFormat['getAst']>

/** A parsed message, or its text where it needs no values. */
export type Messages = Readonly<Record<MessageKey, string | Tree>>

const addresses = { en: english, bg: bulgarian, ar: arabic } as const

/** A language with a catalogue. */
export type CatalogueLanguage = keyof typeof addresses

/** Rejects where the file cannot be had (first start without network) or is no JSON. */
export async function fetchCatalogue(language: CatalogueLanguage): Promise<Messages> {
  const response = await fetch(addresses[language])
  if (!response.ok) throw new Error(`catalogue ${language}: ${response.status}`)
  return (await response.json()) as Messages
}
