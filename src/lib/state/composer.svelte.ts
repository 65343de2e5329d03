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
  /** What stood in the field when it was to be sent while the text before was still being stored; null: nothing was. */
  #next: string | null = null

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

  /** The stored draft is another one: newer, or sent. What was typed here and is not stored yet stays, and what is being sent. */
  adopt(draft: string): void {
    // What is being sent is taken off the field piece by piece.
    if (this.isSending || this.#text !== this.#stored) return
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

  /** Fast hands send the next text while the one before is still being stored: it goes behind that, as it stood then. */
  async send(): Promise<void> {
    if (this.tooLongBy > 0) return
    if (this.isSending) {
      this.#next = this.#text
      return
    }
    await this.#sendWhole(Infinity)
  }

  async sendInParts(): Promise<void> {
    if (!this.isSending) await this.#sendWhole(limit)
  }

  async #sendWhole(most: number): Promise<void> {
    await this.#sendAll(this.#text, most)
    while (this.#next !== null) {
      const next: string = this.#next
      this.#next = null
      if (this.failure === null && this.#text.startsWith(next)) await this.#sendAll(next, Infinity)
    }
  }

  /** The beginning of the field, in parts of at most `most` bytes; each leaves it as soon as it is stored, so that none is sent twice. */
  async #sendAll(whole: string, most: number): Promise<void> {
    if (whole.trim() === '') return
    this.isSending = true
    this.failure = null
    this.#cancel?.()
    this.#cancel = null
    try {
      let rest = whole
      while (rest !== '') {
        const { part, left } = cutOff(rest, most)
        this.failure = await this.#sendPart(part, left)
        if (this.failure !== null) return
        // What was typed meanwhile stays.
        const sent = rest.slice(0, rest.length - left.length)
        if (this.#text.startsWith(sent)) this.#text = this.#text.slice(sent.length)
        if (this.#next?.startsWith(sent) === true) this.#next = this.#next.slice(sent.length)
        this.#saved = this.#stored = rest = left
        // The person changes what is still to be sent.
        if (!this.#text.startsWith(left)) return
      }
    } finally {
      this.isSending = false
      if (this.#text !== this.#saved) this.#cancel ??= this.#clock.after(draftPause, () => void this.flush())
    }
  }

  /** null: it is stored, and with it what is left as the draft. */
  async #sendPart(part: string, left: string): Promise<Failure | null> {
    const body = part.trim()
    if (body === '') return null
    const conversation = this.#conversation
    const result = await this.#engine.execute({ do: 'send', conversation, originId: randomId(), body, left })
    return result.ok ? null : result.failure
  }
}

/** UTF-8 bytes of the text once `&`, `<` and `>` are escaped. */
function sizeOf(text: string): number {
  let size = new TextEncoder().encode(text).length
  for (const [found] of text.matchAll(/[&<>]/g)) size += found === '&' ? 4 : 3
  return size
}

/**
 * The first part of a text, at most `most` bytes, and what is left of it; '': nothing that says anything. Cuts at a line end,
 * else at a space, else between characters.
 */
export function cutOff(text: string, most: number): { part: string; left: string } {
  if (sizeOf(text) <= most) return { part: text, left: '' }
  const head = headOf(text, most)
  const line = head.lastIndexOf('\n')
  const space = head.lastIndexOf(' ')
  const half = head.length / 2
  const cut = line > half ? line : space > half ? space : head.length
  const left = text.slice(cut).replace(/^\s/, '')
  return { part: text.slice(0, cut), left: left.trim() === '' ? '' : left }
}

/** A long beginning of at most `most` bytes that splits no character. */
function headOf(text: string, most: number): string {
  for (let room = most; ; room = Math.floor(room / 2)) {
    const { read } = new TextEncoder().encodeInto(text, new Uint8Array(room))
    const head = text.slice(0, read)
    if (sizeOf(head) <= most) return head
  }
}
