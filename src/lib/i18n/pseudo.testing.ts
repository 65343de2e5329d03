/** A language nobody speaks, for tests: every message 40 % longer and with marks at its ends, so that what is clipped or not translated is seen. */
import type { Messages } from './catalogue.ts'

const accents = new Map([...'aeiouyncsz'].map((letter, index) => [letter, [...'áéíóúýñçšž'][index] ?? letter]))

function longer(text: string): string {
  const words = text.replace(/[aeiouyncsz]/g, (letter) => accents.get(letter) ?? letter)
  return `${words}${'~'.repeat(Math.ceil(text.trim().length * 0.4))}`
}

interface Element {
  readonly type: number
  readonly value?: string
  readonly options?: Readonly<Record<string, { readonly value: readonly Element[] }>>
}

function longerTree(tree: readonly Element[]): Element[] {
  return tree.map((element) => {
    if (element.type === 0) return { ...element, value: longer(element.value ?? '') }
    if (!element.options) return element
    const options = Object.entries(element.options).map(([name, option]) => [name, { value: longerTree(option.value) }])
    return { ...element, options: Object.fromEntries(options) as NonNullable<Element['options']> }
  })
}

/** The same messages, longer. */
export function pseudoMessages(messages: Messages): Messages {
  const entries = Object.entries(messages).map(([key, message]) => [
    key,
    typeof message === 'string' ? `[${longer(message)}]` : longerTree(message as readonly Element[]),
  ])
  return Object.fromEntries(entries) as Messages
}
