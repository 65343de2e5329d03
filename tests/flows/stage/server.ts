/**
 * A server for one account, as far as the engine can tell: archive, roster, stream management and offline messages.
 * It speaks XML, so that what reaches the engine has passed the real gate; the wire in front of it is wire.ts.
 */
import type { BareJid } from '#model/jid.ts'
import { element, escapeText, type Markup } from '#xmpp/element.ts'
import { ns } from '#xmpp/namespace.ts'
import type { ArchiveState } from '#xmpp/wire.ts'
import type { ArchiveQuery } from '#xmpp/archive.ts'

export const self = 'romeo@montague.example' as BareJid
export const juliet = 'juliet@capulet.example' as BareJid
export const nurse = 'nurse@capulet.example' as BareJid

export interface Entry {
  readonly id: string
  readonly at: number
  readonly peer: string
  readonly xml: string
}

export interface Text {
  readonly from?: string
  readonly to?: string
  /** null: none. */
  readonly id?: string | null
  readonly originId?: string
  readonly body?: string
  readonly more?: Markup
}

/** What one question to the archive gives. */
export interface Page {
  readonly items: Entry[]
  readonly isComplete: boolean
  readonly count: number
}

interface Stream {
  readonly id: string
  /** Stanzas of the client that were handled here. */
  handled: number
  sent: number
  acked: number
  unacked: { readonly number: number; readonly xml: string }[]
}

export function textStanza(text: Text): Markup {
  const id = text.id === undefined ? (text.originId ?? `id-${text.body}`) : text.id
  const attributes = { xmlns: ns.client, from: text.from ?? `${juliet}/balcony`, to: text.to ?? self, id, type: 'chat' }
  return element('message', attributes, [
    text.body === undefined ? null : element('body', {}, escapeText(text.body)),
    text.originId === undefined ? null : element('origin-id', { xmlns: ns.stanzaId, id: text.originId }),
    text.more ?? null,
  ])
}

export function withChild(xml: string, child: Markup): string {
  return xml.replace(/<\/message>$/, `${child}</message>`)
}

export const stanzaId = (id: string): Markup => element('stanza-id', { xmlns: ns.stanzaId, by: self, id })
export const stampText = (at: number): string => new Date(at).toISOString()

export class FakeServer {
  archive: Entry[] = []
  archiveState: ArchiveState = 'available'
  clockOffset: number | null = 0
  hasStreams = true
  isStable = true
  /** Finds `after` and `before` only among what lies between start and end, as Prosody's internal storage does. */
  seeksBetween = false
  /** Answers `<r/>`. */
  answersAcks = true
  /** What the client writes vanishes on the way. */
  losesWhatIsSent = false
  /** Says in `<failed/>` how much it handled. */
  tellsHandled = false
  isUp = true
  keepsDisplayed = true
  /** How far our devices have read, by address. */
  readonly displayed = new Map<BareJid, string>()
  rosterItems: Markup[] = []
  rosterVersion: string | null = null
  /** Runs before a page is answered; may throw or wait. */
  beforePage: (query: ArchiveQuery) => Promise<void> | void = () => undefined
  /** Stanzas of the client that arrived, in order. */
  readonly heard: string[] = []
  readonly queries: ArchiveQuery[] = []
  /** Pages that reached the client. */
  pages = 0
  readonly acks: number[] = []
  readonly resumes: number[] = []
  deliver: ((xml: string) => void) | null = null
  readonly #streams = new Map<string, Stream>()
  #stream: Stream | null = null
  readonly #offline: string[] = []
  #count = 0
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get now(): number {
    return this.#now()
  }

  /** Puts a message into the archive without telling anybody. */
  keep(text: Text, at = this.now, id = `a${++this.#count}`): Entry {
    const xml = textStanza(text)
    const peer = (text.from?.startsWith(self) ? text.to : text.from)?.split('/')[0] ?? juliet
    const entry = { id, at, peer, xml }
    this.archive.push(entry)
    return entry
  }

  /** Somebody writes to us: archived, and delivered if we are there. */
  say(text: Text): Entry | null {
    const entry = this.isArchiving ? this.keep(text) : null
    const xml = entry ? withChild(entry.xml, stanzaId(entry.id)) : textStanza(text)
    if (this.#stream || this.deliver) this.send(xml)
    else if (!entry) this.#offline.push(withChild(xml, this.#delay()))
    return entry
  }

  #delay(): Markup {
    return element('delay', { xmlns: ns.delay, from: 'montague.example', stamp: stampText(this.now) })
  }

  get isArchiving(): boolean {
    return this.archiveState === 'available'
  }

  /** Another device of ours writes; we hear it as a carbon. */
  sayElsewhere(text: Text): Entry {
    const entry = this.keep({ from: `${self}/phone`, to: juliet, ...text })
    this.send(carbon('sent', withChild(entry.xml, stanzaId(entry.id))))
    return entry
  }

  /** A device of ours publishes how far it has read; all of them hear of it. */
  display(peer: BareJid, archiveId: string): void {
    this.displayed.set(peer, archiveId)
    this.send(displayedEvent(peer, archiveId))
  }

  /** One stanza to the client: counted, and kept until it is acknowledged. */
  send(xml: string): void {
    const stream = this.#stream
    if (stream) {
      stream.sent++
      stream.unacked.push({ number: stream.sent, xml })
    }
    this.deliver?.(xml)
  }

  /** A stanza of the client. */
  receive(xml: string): void {
    if (this.losesWhatIsSent) return
    if (this.#stream) this.#stream.handled++
    this.heard.push(xml)
    if (xml.startsWith('<presence') && !xml.includes(' to='))
      for (const each of this.#offline.splice(0)) this.send(each)
    if (!xml.startsWith('<message') || !xml.includes('<body>') || !this.isArchiving) return
    const from = xml.replace('<message ', `<message from="${self}/besedka" `)
    this.archive.push({ id: `a${++this.#count}`, at: this.now, peer: / to="([^"]*)"/.exec(xml)?.[1] ?? '', xml: from })
  }

  get bodiesHeard(): string[] {
    return this.heard.flatMap((xml) => /<body>([^<]*)<\/body>/.exec(xml)?.[1] ?? [])
  }

  enable(): string {
    const stream = { id: `stream-${++this.#count}`, handled: 0, sent: 0, acked: 0, unacked: [] }
    this.#streams.set(stream.id, stream)
    this.#stream = stream
    return stream.id
  }

  /** The client's count of what it handled; a smaller one than before is refused, as Prosody does. */
  ack(h: number): boolean {
    const stream = this.#stream
    if (!stream || h < stream.acked || h > stream.sent) return false
    this.acks.push(h)
    stream.acked = h
    stream.unacked = stream.unacked.filter(({ number }) => number > h)
    return true
  }

  get handled(): number {
    return this.#stream?.handled ?? 0
  }

  /** null: unknown or refused. */
  resume(id: string, h: number): { handled: number; again: string[] } | null {
    const stream = this.#streams.get(id)
    if (!stream) return null
    this.#stream = stream
    if (!this.ack(h)) {
      this.#stream = null
      this.#streams.delete(id)
      return null
    }
    this.resumes.push(h)
    return { handled: stream.handled, again: stream.unacked.map(({ xml }) => xml) }
  }

  readonly #gone = new Map<string, number>()

  /** Sessions time out: nothing can be resumed, and what nobody acknowledged waits as offline messages. */
  forgetStreams(): void {
    for (const [id, stream] of this.#streams) {
      this.#gone.set(id, stream.handled)
      if (!this.isArchiving) this.#offline.push(...stream.unacked.map(({ xml }) => withChild(xml, this.#delay())))
    }
    this.#streams.clear()
    this.#stream = null
  }

  lostHandled(id: string): number | null {
    return this.tellsHandled ? (this.#gone.get(id) ?? null) : null
  }

  fresh(): void {
    this.#stream = null
  }

  /** One page as XEP-0059 cuts it; null: an id that the archive does not know. */
  page(query: ArchiveQuery): Page | null {
    const matching = this.archive.filter(
      (entry) =>
        (query.with === null || entry.peer === query.with) &&
        (query.start === null || entry.at >= query.start) &&
        (query.end === null || entry.at <= query.end),
    )
    const known = this.seeksBetween ? matching : this.archive
    const place = (id: string): number => known.findIndex((entry) => entry.id === id)
    for (const id of [query.after, query.before]) if (id !== null && id !== '' && place(id) < 0) return null
    let rest = matching
    if (query.after !== null) rest = rest.filter((entry) => place(entry.id) > place(query.after ?? ''))
    if (query.before !== null && query.before !== '')
      rest = rest.filter((entry) => place(entry.id) < place(query.before ?? ''))
    const items = query.before === null ? rest.slice(0, query.max) : rest.slice(-query.max)
    return { items, isComplete: items.length === rest.length, count: matching.length }
  }
}

/** A carbon as our own server sends it. */
export function carbon(kind: 'sent' | 'received', inner: string, from: string = self): Markup {
  const forwarded = element('forwarded', { xmlns: ns.forward }, [inner as Markup])
  return element('message', { xmlns: ns.client, from, to: `${self}/besedka` }, [
    element(kind, { xmlns: ns.carbons }, [forwarded]),
  ])
}

/** One item of a page, as it comes before the page's answer. */
export function resultOf(entry: Entry, queryId: string): Markup {
  const delay = element('delay', { xmlns: ns.delay, stamp: stampText(entry.at) })
  const forwarded = element('forwarded', { xmlns: ns.forward }, [delay, entry.xml as Markup])
  const result = element('result', { xmlns: ns.mam, queryid: queryId, id: entry.id }, [forwarded])
  return element('message', { xmlns: ns.client, from: self, to: `${self}/besedka` }, [result])
}

/** The answer that ends a page. */
export function answerOf(page: Page, isStable: boolean, id?: string): Markup {
  const part = (name: string, value: string | undefined): Markup | null =>
    value === undefined ? null : element(name, {}, escapeText(value))
  const set = element('set', { xmlns: ns.rsm }, [
    part('first', page.items[0]?.id),
    part('last', page.items.at(-1)?.id),
    part('count', String(page.count)),
  ])
  const fin = element('fin', { xmlns: ns.mam, complete: page.isComplete, stable: isStable ? null : 'false' }, [set])
  return element('iq', { xmlns: ns.client, type: 'result', id }, [fin])
}

/** What our account's node tells its devices. */
export function displayedEvent(peer: string, archiveId: string, from: string | null = self): Markup {
  const displayed = element('displayed', { xmlns: ns.displayed }, [stanzaId(archiveId)])
  const items = element('items', { node: ns.displayed }, [element('item', { id: peer }, [displayed])])
  return element('message', { xmlns: ns.client, type: 'headline', from, to: `${self}/besedka` }, [
    element('event', { xmlns: ns.pubsubEvent }, [items]),
  ])
}
