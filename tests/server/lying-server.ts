// A WebSocket server that plays scripts: each connection takes the next one and follows it step by step.
// It understands XMPP only as far as its scripts need: the name of a frame, the text of a SASL element, the id of an iq.
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { ScramServer } from './scram-server.ts'

/**
 * One step. Texts are filled in: `{domain}`, `{id}` (of the last iq), `{full}` (a bound address), `{clientNonce}`, `{nonce}`,
 * `{first}` (an honest server-first-message), `{signature}` (the true one, base64).
 */
export type Step =
  /** Waits for a frame whose root has this local name; others before it are recorded and passed over. */
  | { readonly expect: string }
  | { readonly send: string }
  /** A SASL element with this text in base64; null: without text. */
  | { readonly sasl: 'challenge' | 'success'; readonly text: string | null }
  | { readonly binary: readonly number[] }
  /** Fails the script unless the client's proof is right. */
  | { readonly check: 'proof' }
  | { readonly close: number }
  | { readonly cut: true }
  /** Says nothing more; the connection stays. */
  | { readonly hang: true }
  /** Answers each iq that comes from now on: disco and the like. */
  | { readonly serve: true }

export interface Script {
  readonly steps: readonly Step[]
  /** Of the account in this connection; default: always the same. */
  readonly salt?: string
  /** What happens instead of the WebSocket handshake. */
  readonly handshake?: 'hang' | 'cut' | 'page'
}

export interface Account {
  readonly domain: string
  readonly username: string
  readonly password: string
}

/** What one connection heard and how its script ended. */
export interface Visit {
  readonly frames: string[]
  names: string[]
  outcome: 'running' | 'played' | 'wrong proof' | 'left early'
}

export class LyingServer {
  readonly visits: Visit[] = []
  readonly #account: Account
  readonly #scripts: Script[]
  readonly #http: Server
  readonly #sockets = new Set<Socket>()

  /** The last script is played again for all further connections. */
  constructor(account: Account, scripts: readonly Script[]) {
    this.#account = account
    this.#scripts = [...scripts]
    this.#http = createServer((_request, response) => response.end('<!doctype html><title>a web page</title>'))
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false })
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#http.on('upgrade', (request, socket, head) => {
      const script = this.#next()
      const visit: Visit = { frames: [], names: [], outcome: 'running' }
      this.visits.push(visit)
      if (script.handshake === 'hang') return
      if (script.handshake === 'cut') socket.destroy()
      else if (script.handshake === 'page') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi')
      else sockets.handleUpgrade(request, socket, head, (client) => new Play(client, this.#account, script, visit))
    })
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/xmpp`
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  #next(): Script {
    const script = this.#scripts.length > 1 ? this.#scripts.shift() : this.#scripts[0]
    return script ?? { steps: [] }
  }
}

class Play {
  readonly #socket: WebSocket
  readonly #account: Account
  readonly #steps: Step[]
  readonly #salt: string | undefined
  readonly #visit: Visit
  #scram: ScramServer | null = null
  #clientFinal = ''
  #iqId = ''
  #isServing = false

  constructor(socket: WebSocket, account: Account, script: Script, visit: Visit) {
    this.#socket = socket
    this.#account = account
    this.#steps = [...script.steps]
    this.#salt = script.salt
    this.#visit = visit
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer) => this.#hear(data.toString('utf8')))
    socket.on('close', () => {
      if (visit.outcome === 'running') visit.outcome = 'left early'
    })
    this.#play()
  }

  #hear(frame: string): void {
    const name = /^<(?:[\w.-]+:)?([\w.-]+)/.exec(frame)?.[1] ?? ''
    this.#visit.frames.push(frame)
    this.#visit.names.push(name)
    this.#learn(name, frame)
    const [step] = this.#steps
    if (step !== undefined && 'expect' in step && step.expect === name) {
      this.#steps.shift()
      this.#play()
    } else if (this.#isServing && name === 'iq') {
      this.#send(`<iq xmlns="jabber:client" type="error" id="{id}"><error type="cancel">${unavailable}</error></iq>`)
    }
  }

  #learn(name: string, frame: string): void {
    const text = Buffer.from(/>([^<]*)</.exec(frame)?.[1] ?? '', 'base64').toString('utf8')
    if (name === 'iq') this.#iqId = /\sid=["']([^"']*)/.exec(frame)?.[1] ?? ''
    if (name === 'response') this.#clientFinal = text
    const mechanism = /\smechanism=["'](SCRAM-[^"']*)/.exec(frame)?.[1]
    if (name === 'auth' && mechanism !== undefined) {
      this.#scram = new ScramServer(mechanism, this.#account.password, text, this.#salt)
    }
  }

  #play(): void {
    for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
      if ('expect' in step) return
      this.#steps.shift()
      if ('hang' in step) return
      this.#do(step)
    }
    if (this.#visit.outcome === 'running') this.#visit.outcome = 'played'
  }

  #do(step: Exclude<Step, { expect: string } | { hang: true }>): void {
    if ('send' in step) this.#send(step.send)
    else if ('sasl' in step) this.#sasl(step.sasl, step.text)
    else if ('binary' in step) this.#socket.send(Uint8Array.from(step.binary), { binary: true })
    else if ('close' in step) this.#socket.close(step.close)
    else if ('cut' in step) this.#socket.terminate()
    else if ('serve' in step) this.#isServing = true
    else if (this.#scram?.accepts(this.#clientFinal) !== true) this.#visit.outcome = 'wrong proof'
  }

  #sasl(name: string, text: string | null): void {
    const inside = text === null ? '' : Buffer.from(this.#filled(text)).toString('base64')
    this.#send(`<${name} xmlns="urn:ietf:params:xml:ns:xmpp-sasl">${inside}</${name}>`)
  }

  #send(template: string): void {
    this.#socket.send(this.#filled(template))
  }

  #filled(template: string): string {
    const { domain, username } = this.#account
    return template.replace(/\{(domain|id|full|clientNonce|nonce|first|signature)\}/g, (_all, key: string) => {
      if (key === 'domain') return domain
      if (key === 'id') return this.#iqId
      if (key === 'full') return `${username}@${domain}/made-by-server`
      if (key === 'signature') return this.#scram?.signature(this.#clientFinal) ?? ''
      return this.#scram?.[key as 'clientNonce' | 'nonce' | 'first'] ?? ''
    })
  }
}

const unavailable = '<service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>'
