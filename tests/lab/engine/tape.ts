// What a server has acknowledged of what a device wrote (XEP-0198), and what it has told the device, read from the frames
// themselves, so that the oracle need not believe the engine's own count. Keeps its numbers over resumptions as the server does.
import type { WebSocket } from 'ws'

/** Stanzas of one session by number: what was written as the ids of messages, '' where it is none; what was told as texts. */
interface Session {
  written: string[]
  told: string[][]
  /** How many of `told` are acknowledged. */
  handled: number
}

export class Tape {
  /** Ids of messages. */
  readonly acknowledged = new Set<string>()
  /** Texts that came down the line, live or out of the archive, and were acknowledged: from then on they are ours. */
  readonly heard = new Set<string>()
  /** Acknowledged, and never told: then the server drops what we never got, and the fault is ours. */
  unearned = 0
  /**
   * Ids of messages that a session took to its end without an answer, and how many sessions did: they have to be written again,
   * and the server may still do each of them.
   */
  readonly orphaned = new Map<string, number>()
  /** How often a session was resumed, and what the server said where it was not. */
  resumptions = 0
  readonly refusals: string[] = []
  readonly #sessions = new Map<string, Session>()
  /** What became of each message, by id, for the one who reads a verdict. */
  readonly #stories = new Map<string, string[]>()
  #connections = 0

  /** What became of one message, oldest first. */
  storyOf(id: string): string {
    return (this.#stories.get(id) ?? ['never written']).join('; ')
  }

  #tell(id: string, what: string): void {
    if (id === '') return
    const at = new Date().toISOString().slice(14, 23)
    this.#stories.set(id, [...(this.#stories.get(id) ?? []), `${at} ${what}`])
  }

  /** Listens to one connection. */
  watch(socket: WebSocket): void {
    let session: Session | null = null
    const connection = ++this.#connections
    const send = socket.send.bind(socket) as (data: unknown) => void
    socket.send = (data: unknown): void => {
      const xml = String(data)
      if (xml.startsWith('<enable')) session = { written: [], told: [], handled: 0 }
      else if (xml.startsWith('<resume')) session = this.#sessions.get(valueOf(xml, 'previd') ?? '') ?? null
      else if (isStanza(xml)) session?.written.push(messageId(xml))
      this.#tell(messageId(xml), `written on connection ${connection} as ${session?.written.length}`)
      if (session !== null && /^<(?:a|resume)\s/.test(xml)) this.#hear(session, Number(valueOf(xml, 'h')))
      // What is not counted here is told again.
      if (xml.startsWith('<resume')) session?.told.splice(session.handled)
      send(data)
    }
    socket.on('message', (data: Buffer) => {
      const xml = data.toString()
      if (isStanza(xml)) session?.told.push([...xml.matchAll(/<body>([^<]*)</g)].map(([, body = '']) => body))
      if (xml.startsWith('<message') && valueOf(headOf(xml), 'type') === 'error')
        this.#tell(messageId(xml), `came back on ${connection}: ${/<error.*<\/error>/.exec(xml)?.[0] ?? ''}`)
      const [, name = ''] = /^<(\w+)[^>]*urn:xmpp:sm:3/.exec(xml) ?? []
      if (name === 'enabled' && session) {
        session.told = []
        this.#sessions.set(valueOf(xml, 'id') ?? '', session)
      }
      if (name === 'a' || name === 'resumed' || name === 'failed')
        this.#acknowledge(session?.written ?? [], valueOf(xml, 'h'))
      // What it has not counted is written again, under new numbers.
      if (name === 'resumed') {
        this.resumptions++
        const missing = session?.written.splice(Number(valueOf(xml, 'h'))) ?? []
        for (const id of missing) this.#tell(id, `resumed on ${connection} without it`)
      } else if (name === 'failed') {
        this.refusals.push(xml)
        for (const id of session?.written ?? [])
          if (id !== '' && !this.acknowledged.has(id)) {
            this.orphaned.set(id, (this.orphaned.get(id) ?? 0) + 1)
            this.#tell(id, `session refused on ${connection}`)
          }
        session = null
      }
    })
  }

  #acknowledge(written: readonly string[], handled: string | null): void {
    for (const id of written.slice(0, Number(handled ?? 0))) {
      if (id === '' || this.acknowledged.has(id)) continue
      this.acknowledged.add(id)
      this.#tell(id, 'acknowledged')
    }
  }

  #hear(session: Session, handled: number): void {
    this.unearned = Math.max(this.unearned, handled - session.told.length)
    for (const body of session.told.slice(session.handled, handled).flat()) this.heard.add(body)
    session.handled = handled
  }
}

function isStanza(xml: string): boolean {
  return /^<(?:message|presence|iq)[\s>/]/.test(xml)
}

function valueOf(xml: string, attribute: string): string | null {
  return new RegExp(`\\s${attribute}=['"]([^'"]*)['"]`).exec(xml)?.[1] ?? null
}

function messageId(xml: string): string {
  return xml.startsWith('<message') ? (valueOf(headOf(xml), 'id') ?? '') : ''
}

/** The start tag. */
function headOf(xml: string): string {
  return /^[^>]*>/.exec(xml)?.[0] ?? ''
}
