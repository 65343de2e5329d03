// The line between a device and its server: carries bytes, and breaks in every way a network does. It counts WebSocket
// frames, so that it can break after a certain stanza.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Ways of breaking. Killing the server and letting it forget are done at the server: killed.lab.ts, kinds.lab.ts. */
export type Break =
  /** Both ends see a reset. */
  | { readonly how: 'reset' }
  /** Both ends see a proper end. */
  | { readonly how: 'end' }
  /** Nothing passes any more, both ways, while the connection looks open. */
  | { readonly how: 'black-hole' }
  /** The device hears nothing more, the server everything. */
  | { readonly how: 'deaf' }
  /** The server hears nothing more, the device everything. */
  | { readonly how: 'mute' }
  /** The device sees a reset, the server goes on believing in it. */
  | { readonly how: 'half-open' }
  /** The sender sees a reset after so many further bytes, in the middle of whatever passes; the receiver an end. */
  | { readonly how: 'bytes'; readonly to: 'device' | 'server'; readonly count: number }
  /** The same after so many further WebSocket frames. */
  | { readonly how: 'frames'; readonly to: 'device' | 'server'; readonly count: number }

/** How the line is while it holds. */
export interface Condition {
  /** ms each piece is held back; order is kept. */
  readonly delay?: number
  /** Bytes that pass at a time; the rest waits for the next turn of the event loop. */
  readonly drip?: number
  /** New connections are reset. */
  readonly isDown?: boolean
}

export class Line {
  readonly #server: Server
  readonly #open = new Set<Passage>()
  #condition: Condition = {}
  /** Connections so far. */
  count = 0

  private constructor(target: number) {
    this.#server = createServer({ noDelay: true }, (device) => {
      this.count++
      device.on('error', () => device.destroy())
      if (this.#condition.isDown) return void device.resetAndDestroy()
      const passage = new Passage(device, connect({ host: '127.0.0.1', port: target, noDelay: true }), this.#condition)
      this.#open.add(passage)
      void passage.over.then(() => this.#open.delete(passage))
    })
  }

  /** A line to a port of this machine. */
  static async to(target: number): Promise<Line> {
    const line = new Line(target)
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve))
    return line
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Connections that stand. */
  get size(): number {
    return this.#open.size
  }

  /** Breaks what stands; connections to come are whole. */
  break(way: Break): void {
    for (const passage of this.#open) passage.break(way)
  }

  /** For connections that stand and those to come. */
  set(condition: Condition): void {
    this.#condition = condition
    for (const passage of this.#open) passage.condition = condition
  }

  async close(): Promise<void> {
    this.break({ how: 'reset' })
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** One direction of one connection. */
class Way {
  isOpen = true
  /** Bytes and frames that may still pass. */
  bytes = Infinity
  frames = Infinity
  readonly #from: Socket
  readonly #to: Socket
  readonly #condition: () => Condition
  readonly #counter = new FrameCounter()
  #tail: Promise<void> = Promise.resolve()

  constructor(from: Socket, to: Socket, condition: () => Condition) {
    this.#from = from
    this.#to = to
    this.#condition = condition
    from.on('data', (piece: Buffer) => {
      from.pause()
      this.#tail = this.#tail.then(() => this.#pass(piece)).then(() => void from.resume())
    })
    from.on('end', () => void this.#tail.then(() => this.isOpen && this.#to.end()))
  }

  async #pass(piece: Buffer): Promise<void> {
    const { delay = 0, drip = Infinity } = this.#condition()
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
    for (let at = 0; at < piece.length; at += drip) {
      if (!this.isOpen || this.#to.destroyed) return
      this.#write(piece.subarray(at, at + Math.min(drip, piece.length)))
      if (drip < piece.length) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #write(piece: Buffer): void {
    const whole = this.#counter.bytesOf(piece, this.frames)
    const passing = Math.min(this.bytes, whole.bytes, piece.length)
    this.bytes -= passing
    this.frames -= whole.frames
    if (passing > 0) this.#to.write(piece.subarray(0, passing))
    if (this.bytes > 0 && this.frames > 0) return
    this.isOpen = false
    // An end, not a reset: what passed must still be read over there.
    this.#to.end()
    this.#from.resetAndDestroy()
  }
}

/** Finds the ends of WebSocket frames in a stream of bytes, behind the HTTP heads. */
class FrameCounter {
  #head: Buffer | null = Buffer.alloc(0)
  /** Bytes of the present frame still to come; the header is gathered in #header. */
  #left = 0
  #header: number[] = []

  /** How much of the piece belongs to the first `most` frames that end in it, and how many end. */
  bytesOf(piece: Buffer, most: number): { bytes: number; frames: number } {
    let frames = 0
    for (let at = this.#skipHead(piece); at < piece.length;) {
      if (this.#left === 0) {
        this.#header.push(piece[at]!)
        at++
        const size = frameSize(this.#header)
        if (size === null) continue
        this.#header = []
        this.#left = size
      } else {
        const taken = Math.min(this.#left, piece.length - at)
        at += taken
        this.#left -= taken
      }
      if (this.#left === 0 && this.#header.length === 0 && ++frames >= most) return { bytes: at, frames }
    }
    return { bytes: piece.length, frames }
  }

  #skipHead(piece: Buffer): number {
    if (this.#head === null) return 0
    const before = this.#head.length
    const all = Buffer.concat([this.#head, piece])
    const end = all.indexOf('\r\n\r\n')
    this.#head = end < 0 ? all : null
    return end < 0 ? piece.length : end + 4 - before
  }
}

/** Payload length of a frame (RFC 6455 section 5.2) with its mask; null: the header is not whole yet. */
function frameSize(header: readonly number[]): number | null {
  if (header.length < 2) return null
  const mask = (header[1]! & 0x80) === 0 ? 0 : 4
  const short = header[1]! & 0x7f
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0
  if (header.length < 2 + extra) return null
  const long = header.slice(2, 2 + extra).reduce((size, byte) => size * 256 + byte, 0)
  return (extra === 0 ? short : long) + mask
}

class Passage {
  condition: Condition
  readonly over: Promise<void>
  readonly #device: Socket
  readonly #server: Socket
  readonly #up: Way
  readonly #down: Way

  constructor(device: Socket, server: Socket, condition: Condition) {
    this.#device = device
    this.#server = server
    this.condition = condition
    const now = (): Condition => this.condition
    this.#up = new Way(device, server, now)
    this.#down = new Way(server, device, now)
    this.over = new Promise((resolve) => {
      device.on('close', () => {
        if (this.#up.isOpen) server.destroy()
        resolve()
      })
      server.on('error', () => server.destroy())
      server.on('close', () => this.#down.isOpen && device.destroy())
    })
  }

  break(way: Break): void {
    if (way.how === 'reset') for (const socket of [this.#device, this.#server]) socket.resetAndDestroy()
    else if (way.how === 'end') for (const socket of [this.#device, this.#server]) socket.end()
    else if (way.how === 'bytes' || way.how === 'frames') {
      const direction = way.to === 'device' ? this.#down : this.#up
      direction[way.how] = way.count
    } else {
      if (way.how !== 'deaf') this.#up.isOpen = false
      if (way.how !== 'mute') this.#down.isOpen = false
      if (way.how === 'half-open') this.#device.resetAndDestroy()
    }
  }
}
