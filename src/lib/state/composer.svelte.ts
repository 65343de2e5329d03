/** The text being written in one conversation: kept as a draft, sent as a message. */
import type { Clock } from '#model/clock.ts'
import type { Command } from '#model/command.ts'
import type { Failure } from '#model/failure.ts'
import type { ConversationId } from '#model/message.ts'
import { randomId } from '#model/random.ts'
import type { Engine } from '#sync/engine.ts'
import type { ComposerSurface } from './surface.ts'

/** ms between two drafts written while typing. */
const draftPause = 1_000
/** Bytes of one message as XML: room for the rest of its stanza in what one frame can carry (sync/queue.ts). */
const limit = 60_000

export class Composer implements ComposerSurface {
  #text = $state('')
  isSending = $state(false)
  failure = $state.raw<Failure | null>(null)
  /** Counting bytes costs time with the length; short texts cannot be too long. */
  readonly tooLongBy = $derived(this.#text.length * 5 <= limit ? 0 : Math.max(0, sizeOf(this.#text) - limit))
  readonly #conversation: ConversationId
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #tab: string
  #cancel: (() => void) | null = null
  /** The draft that was last asked to be stored, and the one that is. */
  #saved: string
  #stored: string

  constructor(conversation: ConversationId, draft: string, engine: Engine, clock: Clock, tab: string) {
    this.#conversation = conversation
    this.#text = draft
    this.#saved = draft
    this.#stored = draft
    this.#engine = engine
    this.#clock = clock
    this.#tab = tab
  }

  get text(): string {
    return this.#text
  }

  set text(value: string) {
    this.#text = value
    this.#cancel ??= this.#clock.after(draftPause, () => void this.flush())
  }

  /** Another tab wrote a newer draft. */
  adopt(draft: string): void {
    if (this.#text !== this.#saved) return
    this.#text = draft
    this.#saved = draft
    this.#stored = draft
  }

  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = null
    if (this.#text === this.#saved) return
    const text = this.#text
    this.#saved = text
    const result = await this.#engine.execute(this.#draft(text))
    // Not stored: the next key or the next flush tries again.
    if (result.ok) this.#stored = text
    else if (this.#saved === text) this.#saved = this.#stored
  }

  /** The page goes away: what was typed is left for whoever leads next. */
  leave(): void {
    // One that is still being stored would be lost with the page.
    if (this.#text === this.#stored || this.isSending) return
    this.#saved = this.#stored = this.#text
    this.#engine.leaveCommand(this.#draft(this.#text))
  }

  #draft(text: string): Command {
    return { do: 'draft', conversation: this.#conversation, text, at: this.#clock.now(), tab: this.#tab }
  }

  async send(): Promise<void> {
    if (this.tooLongBy > 0) return
    await this.#sendAll([this.#text])
  }

  async sendInParts(): Promise<void> {
    await this.#sendAll(split(this.#text, limit))
  }

  async #sendAll(bodies: readonly string[]): Promise<void> {
    const whole = this.#text
    if (this.isSending || whole.trim() === '') return
    this.isSending = true
    this.failure = null
    this.#cancel?.()
    this.#cancel = null
    try {
      for (const body of bodies) {
        const result = await this.#engine.execute({
          do: 'send',
          conversation: this.#conversation,
          originId: randomId(),
          body: body.trim(),
        })
        if (!result.ok) {
          this.failure = result.failure
          return
        }
      }
      // Cleared only now that it is stored; what was typed meanwhile stays.
      this.#text = this.#text.startsWith(whole) ? this.#text.slice(whole.length) : this.#text
      this.#saved = this.#stored = ''
    } finally {
      this.isSending = false
    }
  }
}

/** UTF-8 bytes of the text once `&`, `<` and `>` are escaped. */
function sizeOf(text: string): number {
  let size = new TextEncoder().encode(text).length
  for (const [found] of text.matchAll(/[&<>]/g)) size += found === '&' ? 4 : 3
  return size
}

/** Cuts at line ends, else at spaces, else between characters; each part at most `most` bytes. */
export function split(text: string, most: number): string[] {
  const parts: string[] = []
  let rest = text
  while (sizeOf(rest) > most) {
    const head = headOf(rest, most)
    const line = head.lastIndexOf('\n')
    const space = head.lastIndexOf(' ')
    const half = head.length / 2
    const cut = line > half ? line : space > half ? space : head.length
    parts.push(rest.slice(0, cut))
    rest = rest.slice(cut).replace(/^\s/, '')
  }
  if (rest.trim() !== '') parts.push(rest)
  return parts
}

/** A long beginning of at most `most` bytes that splits no character. */
function headOf(text: string, most: number): string {
  for (let room = most; ; room = Math.floor(room / 2)) {
    const { read } = new TextEncoder().encodeInto(text, new Uint8Array(room))
    const head = text.slice(0, read)
    if (sizeOf(head) <= most) return head
  }
}
