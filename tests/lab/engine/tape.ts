// What a server has acknowledged of what a device wrote (XEP-0198), and what it has told the device, read from the frames
// themselves, so that the oracle need not believe the engine's own count. Keeps its numbers over resumptions as the server does.
import type { WebSocket } from 'ws'

/** Stanzas of one session by number, as the ids of their messages; '' where it is none of a message. */
type Written = string[]

export class Tape {
  /** Ids of messages. */
  readonly acknowledged = new Set<string>()
  /** Texts that came down the line, live or out of the archive. */
  readonly heard = new Set<string>()
  /** How often a session was resumed, and what the server said where it was not. */
  resumptions = 0
  readonly refusals: string[] = []
  readonly #sessions = new Map<string, Written>()

  /** Listens to one connection. */
  watch(socket: WebSocket): void {
    let written: Written | null = null
    const send = socket.send.bind(socket) as (data: unknown) => void
    socket.send = (data: unknown): void => {
      const xml = String(data)
      if (xml.startsWith('<enable')) written = []
      else if (xml.startsWith('<resume')) written = this.#sessions.get(valueOf(xml, 'previd') ?? '') ?? []
      else if (/^<(?:message|presence|iq)[\s>/]/.test(xml)) written?.push(messageId(xml))
      send(data)
    }
    socket.on('message', (data: Buffer) => {
      const xml = data.toString()
      for (const [, body = ''] of xml.matchAll(/<body>([^<]*)</g)) this.heard.add(body)
      const [, name = ''] = /^<(\w+)[^>]*urn:xmpp:sm:3/.exec(xml) ?? []
      if (name === 'enabled') this.#sessions.set(valueOf(xml, 'id') ?? '', written ?? [])
      else if (name === 'a' || name === 'resumed' || name === 'failed')
        this.#acknowledge(written ?? [], valueOf(xml, 'h'))
      // What it has not counted is written again, under new numbers.
      if (name === 'resumed') this.resumptions++
      else if (name === 'failed') this.refusals.push(xml)
      if (name === 'resumed') written?.splice(Number(valueOf(xml, 'h')))
      else if (name === 'failed') written = null
    })
  }

  #acknowledge(written: Written, handled: string | null): void {
    for (const id of written.slice(0, Number(handled ?? 0))) if (id !== '') this.acknowledged.add(id)
  }
}

function valueOf(xml: string, attribute: string): string | null {
  return new RegExp(`\\s${attribute}=['"]([^'"]*)['"]`).exec(xml)?.[1] ?? null
}

function messageId(xml: string): string {
  return xml.startsWith('<message') ? (valueOf(/^[^>]*>/.exec(xml)?.[0] ?? '', 'id') ?? '') : ''
}
