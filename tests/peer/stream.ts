// The bot's connection: a WebSocket to an XMPP server (RFC 7395), signed in and bound. One frame is one element.
// What stanzas mean is left to peer.ts.
import { WebSocket } from 'ws'
import { chooseMechanism, Scram } from './scram.ts'
import { childOf, childrenOf, escapeXml, parseXml, textOf, type Element } from './xml.ts'

const framing = 'urn:ietf:params:xml:ns:xmpp-framing'
const sasl = 'urn:ietf:params:xml:ns:xmpp-sasl'
const limit = 15_000

/** Where and as whom to sign in. */
export interface StreamOptions {
  /** e.g. `ws://localhost:5280/xmpp-websocket` */
  wsUrl: string
  domain: string
  user: string
  password: string
  resource?: string
}

/** An open, bound stream. Made by openStream. */
export class Stream {
  readonly jid: string
  #socket: WebSocket
  #frames: Frames

  constructor(socket: WebSocket, frames: Frames, jid: string) {
    this.#socket = socket
    this.#frames = frames
    this.jid = jid
  }

  /** From now on every element goes here, those that waited first. */
  listen(onElement: (element: Element, xml: string) => void): void {
    this.#frames.flow(onElement)
  }

  /** Resolves when the connection is over, whoever ended it. */
  get closed(): Promise<void> {
    return this.#frames.closed
  }

  /** Resolves when the operating system has taken the bytes. */
  send(xml: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#socket.send(xml, (error) => {
        if (error) reject(error)
        else resolve()
      }),
    )
  }

  /** Ends the stream in order. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.OPEN) await this.send(`<close xmlns="${framing}"/>`)
    this.#socket.close()
    await this.closed
  }

  /** The connection dies without a word. */
  abort(): void {
    this.#socket.terminate()
  }
}

/** Connects, signs in with SCRAM and binds a resource. Throws with the server's condition when that fails. */
export async function openStream(options: StreamOptions): Promise<Stream> {
  const socket = new WebSocket(options.wsUrl, 'xmpp', { perMessageDeflate: false })
  const frames = new Frames(socket)
  try {
    await frames.opened
    await authenticate(socket, frames, await restart(socket, frames, options.domain), options)
    await restart(socket, frames, options.domain)
    const resource = options.resource ? `<resource>${escapeXml(options.resource)}</resource>` : ''
    const bind = `<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">${resource}</bind>`
    socket.send(`<iq xmlns="jabber:client" type="set" id="bind">${bind}</iq>`)
    const bound = await frames.next()
    const jid = textOf(childOf(childOf(bound, 'bind'), 'jid'))
    if (!jid) throw new Error('the server bound no resource')
    return new Stream(socket, frames, jid)
  } catch (error) {
    socket.terminate()
    throw error
  }
}

async function restart(socket: WebSocket, frames: Frames, domain: string): Promise<Element> {
  socket.send(`<open xmlns="${framing}" to="${escapeXml(domain)}" version="1.0"/>`)
  const open = await frames.next()
  if (open.name !== 'open') throw new Error(`the server opened with <${open.name}>`)
  return frames.next()
}

async function authenticate(socket: WebSocket, frames: Frames, features: Element, options: StreamOptions) {
  const offered = childrenOf(childOf(features, 'mechanisms'), 'mechanism').map(textOf)
  const mechanism = chooseMechanism(offered)
  if (mechanism === undefined) throw new Error(`the server offers only ${offered.join(', ') || 'nothing'}`)
  const scram = new Scram(mechanism, options.user, options.password)
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  socket.send(`<auth xmlns="${sasl}" mechanism="${mechanism}">${base64(scram.first)}</auth>`)
  for (;;) {
    const answer = await frames.next()
    const text = Buffer.from(textOf(answer), 'base64').toString()
    if (answer.name === 'challenge') socket.send(`<response xmlns="${sasl}">${base64(scram.answer(text))}</response>`)
    else if (answer.name === 'success') return scram.verify(text)
    else throw new Error(`not signed in: ${childrenOf(answer)[0]?.name ?? answer.name}`)
  }
}

/** Elements as they come in: waited for one by one until the stream is bound, then passed on. */
class Frames {
  #waiting: { element: Element; xml: string }[] = []
  #wanted: (() => void) | undefined
  #onElement: ((element: Element, xml: string) => void) | undefined
  #isClosed = false
  readonly opened: Promise<void>
  readonly closed: Promise<void>

  constructor(socket: WebSocket) {
    this.opened = new Promise((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('error', reject)
    })
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    void this.closed.then(() => {
      this.#isClosed = true
      this.#wanted?.()
    })
    // Without a listener Node would end the process; `close` follows every error.
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer) => {
      const xml = data.toString()
      const element = parseXml(xml)
      if (this.#onElement) return this.#onElement(element, xml)
      this.#waiting.push({ element, xml })
      this.#wanted?.()
    })
  }

  async next(): Promise<Element> {
    const until = Date.now() + limit
    for (;;) {
      const first = this.#waiting.shift()
      if (first) return first.element
      if (this.#isClosed) throw new Error('the connection was closed')
      if (Date.now() >= until) throw new Error('the server does not answer')
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - Date.now())
        this.#wanted = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  flow(onElement: (element: Element, xml: string) => void) {
    this.#onElement = onElement
    for (const { element, xml } of this.#waiting.splice(0)) onElement(element, xml)
  }
}
