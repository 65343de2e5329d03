// The other side of a conversation in tests: a small XMPP client of its own, signed in on the wire.
// It says exactly what it is told and keeps everything it hears, in order; it checks nothing and forgives nothing.
import { randomUUID } from 'node:crypto'
import { pageQuery, readArchived, readHeard, type Archived, type Heard, type PageQuery } from './heard.ts'
import { openStream, type Stream, type StreamOptions } from './stream.ts'
import { childOf, childrenOf, escapeXml, textOf, type Element } from './xml.ts'

export type { Archived, Heard } from './heard.ts'
export type { Element } from './xml.ts'

/** What the bot does by itself. */
export interface PeerOptions extends StreamOptions {
  /** Answers requests for a receipt (XEP-0184); default true. */
  receipts?: boolean
  /** Says yes to everyone who wants to be a contact; default true. */
  accepts?: boolean
  /** Announces itself after signing in; default true. */
  available?: boolean
}

export interface SendOptions {
  /** The stanza's id; default a new one. */
  id?: string
  /** Default: the same as id; null: none. */
  originId?: string | null
  receipt?: boolean
  type?: 'chat' | 'groupchat' | 'normal' | 'headline'
  /** More elements, as XML. */
  extra?: string
}

/** Signs in. Throws with the server's condition when that fails. */
export async function connectPeer(options: PeerOptions): Promise<Peer> {
  const peer = new Peer(await openStream(options), options)
  if (options.available !== false) await peer.sendRaw('<presence xmlns="jabber:client"/>')
  return peer
}

/** A signed-in bot. Made by connectPeer. */
export class Peer {
  readonly jid: string
  readonly bare: string
  /** Every message so far, in the order of arrival, without those that came inside archive results. */
  readonly heard: Heard[] = []
  /** Bare addresses of others that are there, as far as the bot was told. */
  readonly present = new Set<string>()
  #stream: Stream
  #options: PeerOptions
  #onMessage = new Set<(message: Heard) => void>()
  #onElement = new Set<(element: Element, xml: string) => void>()

  constructor(stream: Stream, options: PeerOptions) {
    this.#stream = stream
    this.#options = options
    this.jid = stream.jid
    this.bare = stream.jid.split('/', 1)[0] ?? ''
    stream.listen((element, xml) => this.#receive(element, xml))
  }

  /** Resolves when the connection is over. */
  get closed(): Promise<void> {
    return this.#stream.closed
  }

  /** Says something; returns the ids it used. */
  async send(to: string, body: string, options: SendOptions = {}): Promise<{ id: string; originId: string | null }> {
    const { id = randomUUID(), type = 'chat', extra = '' } = options
    const originId = options.originId === undefined ? id : options.originId
    const origin = originId === null ? '' : `<origin-id xmlns="urn:xmpp:sid:0" id="${escapeXml(originId)}"/>`
    const receipt = options.receipt ? '<request xmlns="urn:xmpp:receipts"/>' : ''
    await this.sendRaw(
      `<message xmlns="jabber:client" to="${escapeXml(to)}" type="${type}" id="${escapeXml(id)}">` +
        `<body>${escapeXml(body)}</body>${origin}${receipt}${extra}</message>`,
    )
    return { id, originId }
  }

  /** Sends a complete element as it stands; a stanza must name `jabber:client`. */
  sendRaw(xml: string): Promise<void> {
    return this.#stream.send(xml)
  }

  /** Tells that the bot is writing, or has stopped (XEP-0085). */
  chatState(to: string, state: 'active' | 'composing' | 'paused' | 'inactive' | 'gone'): Promise<void> {
    const inner = `<${state} xmlns="http://jabber.org/protocol/chatstates"/>`
    return this.sendRaw(`<message xmlns="jabber:client" to="${escapeXml(to)}" type="chat">${inner}</message>`)
  }

  /** `available` without a show. */
  presence(show: 'available' | 'unavailable' | 'away' | 'xa' | 'dnd' | 'chat', status = ''): Promise<void> {
    const type = show === 'unavailable' ? ' type="unavailable"' : ''
    const inner = `${type || show === 'available' ? '' : `<show>${show}</show>`}${status && `<status>${escapeXml(status)}</status>`}`
    return this.sendRaw(`<presence xmlns="jabber:client"${type}>${inner}</presence>`)
  }

  /** Asks to become a contact, agrees, or takes it back (RFC 6121 section 3). */
  subscription(to: string, type: 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed'): Promise<void> {
    return this.sendRaw(`<presence xmlns="jabber:client" to="${escapeXml(to)}" type="${type}"/>`)
  }

  /** The contact list: address and subscription. */
  async roster(): Promise<{ jid: string; subscription: string; name: string }[]> {
    const answer = await this.iq('get', '<query xmlns="jabber:iq:roster"/>')
    return childrenOf(childOf(answer, 'query'), 'item').map(({ attrs }) => ({
      jid: attrs.jid ?? '',
      subscription: attrs.subscription ?? '',
      name: attrs.name ?? '',
    }))
  }

  /** Asks something; resolves with the result, throws with the condition of the error. */
  async iq(type: 'get' | 'set', payload: string, to?: string): Promise<Element> {
    const id = randomUUID()
    const answer = this.waitFor((element) => element.name === 'iq' && element.attrs.id === id)
    const address = to === undefined ? '' : ` to="${escapeXml(to)}"`
    await this.sendRaw(`<iq xmlns="jabber:client" type="${type}" id="${id}"${address}>${payload}</iq>`)
    const found = await answer
    if (found.attrs.type !== 'error') return found
    throw new Error(`iq error: ${childrenOf(childOf(found, 'error'))[0]?.name ?? 'unknown'}`)
  }

  /** One page of an archive. */
  async page(query: PageQuery = {}): Promise<{ items: Archived[]; complete: boolean; first: string; last: string }> {
    const queryId = randomUUID()
    const items: Archived[] = []
    const stop = this.onElement((element, xml) => {
      const result = childOf(element, 'result', 'urn:xmpp:mam:2')
      if (element.name === 'message' && result?.attrs.queryid === queryId) items.push(readArchived(result, xml))
    })
    try {
      const answer = await this.iq('set', pageQuery(queryId, query), query.to)
      const fin = childOf(answer, 'fin')
      const set = childOf(fin, 'set')
      return {
        items,
        complete: fin?.attrs.complete === 'true',
        first: textOf(childOf(set, 'first')),
        last: textOf(childOf(set, 'last')),
      }
    } finally {
      stop()
    }
  }

  /** The whole archive, in its order. */
  async archive(query: Pick<PageQuery, 'with' | 'to' | 'start' | 'end'> = {}): Promise<Archived[]> {
    const all: Archived[] = []
    for (let after: string | undefined; ;) {
      const page = await this.page({ ...query, max: 250, ...(after === undefined ? {} : { after }) })
      all.push(...page.items)
      if (page.complete || page.items.length === 0) return all
      after = page.last
    }
  }

  /** Calls for every message to come; returns how to stop. */
  onMessage(listener: (message: Heard) => void): () => void {
    this.#onMessage.add(listener)
    return () => this.#onMessage.delete(listener)
  }

  /** Calls for every element to come; returns how to stop. */
  onElement(listener: (element: Element, xml: string) => void): () => void {
    this.#onElement.add(listener)
    return () => this.#onElement.delete(listener)
  }

  /** The first message, among those heard and those to come, that fits. */
  async waitForMessage(fits: (message: Heard) => boolean, limit = 10_000): Promise<Heard> {
    const known = this.heard.find(fits)
    if (known) return known
    return this.#wait<Heard>((found) => this.onMessage((message) => fits(message) && found(message)), 'message', limit)
  }

  /** The first element to come that fits. */
  waitFor(fits: (element: Element) => boolean, limit = 10_000): Promise<Element> {
    return this.#wait<Element>(
      (found) => this.onElement((element) => fits(element) && found(element)),
      'element',
      limit,
    )
  }

  /** Ends the stream in order. */
  close(): Promise<void> {
    return this.#stream.close()
  }

  /** The connection dies without a word. */
  abort(): void {
    this.#stream.abort()
  }

  async #wait<T>(listen: (found: (value: T) => void) => () => void, what: string, limit: number): Promise<T> {
    let stop: (() => void) | undefined
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<T>((resolve, reject) => {
        stop = listen(resolve)
        const fail = (why: string) => reject(new Error(`${this.jid}: ${why} while waiting for a ${what}`))
        timer = setTimeout(() => fail(`nothing within ${limit} ms`), limit)
        void this.closed.then(() => fail('the connection ended'))
      })
    } finally {
      clearTimeout(timer)
      stop?.()
    }
  }

  #receive(element: Element, xml: string): void {
    const isResult = childOf(element, 'result', 'urn:xmpp:mam:2') !== undefined
    if (element.name === 'message' && !isResult) {
      const message = readHeard(element, xml)
      this.heard.push(message)
      for (const listener of [...this.#onMessage]) listener(message)
      if (this.#options.receipts !== false) this.#acknowledge(message)
    }
    if (element.name === 'presence') this.#notice(element)
    if (element.name === 'presence' && element.attrs.type === 'subscribe' && this.#options.accepts !== false)
      this.#quietly(this.subscription((element.attrs.from ?? '').split('/', 1)[0] ?? '', 'subscribed'))
    if (element.name === 'iq' && (element.attrs.type === 'get' || element.attrs.type === 'set')) this.#reply(element)
    for (const listener of [...this.#onElement]) listener(element, xml)
  }

  #notice({ attrs }: Element): void {
    const from = (attrs.from ?? '').split('/', 1)[0] ?? ''
    if (attrs.type === undefined) this.present.add(from)
    else if (attrs.type === 'unavailable') this.present.delete(from)
  }

  #acknowledge({ element, from, id, type }: Heard): void {
    if (type === 'error' || type === 'groupchat' || !id || !childOf(element, 'request', 'urn:xmpp:receipts')) return
    const received = `<received xmlns="urn:xmpp:receipts" id="${escapeXml(id)}"/>`
    this.#quietly(
      this.sendRaw(`<message xmlns="jabber:client" to="${escapeXml(from)}" type="chat">${received}</message>`),
    )
  }

  /** A server waits for an answer to every question: pings and pushes get a result, all else an error. */
  #reply({ attrs, children }: Element): void {
    const payload = children.find((child) => typeof child !== 'string')
    const isKnown = payload?.xmlns === 'urn:xmpp:ping' || payload?.xmlns === 'jabber:iq:roster'
    const unknown = '<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>'
    const to = attrs.from === undefined ? '' : ` to="${escapeXml(attrs.from)}"`
    const head = `<iq xmlns="jabber:client" id="${escapeXml(attrs.id ?? '')}"${to}`
    this.#quietly(this.sendRaw(isKnown ? `${head} type="result"/>` : `${head} type="error">${unknown}</iq>`))
  }

  /** An automatic answer on a connection that is gone is not the test's business. */
  #quietly(sent: Promise<void>): void {
    sent.catch(() => undefined)
  }
}
