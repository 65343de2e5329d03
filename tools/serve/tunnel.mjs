// Carries WebSocket connections to the XMPP server as plain bytes, and can be told to behave like a bad network.
import { connect, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/**
 * @typedef {object} Weather How a connection behaves. What is not named behaves well.
 * @property {boolean} [refuse] the handshake is dropped without an answer
 * @property {boolean} [blackhole] bytes vanish both ways while the connection looks open
 * @property {number} [delay] milliseconds each piece is held back, each way; order is kept
 * @property {number} [cutAfterUp] bytes from the browser after which the connection breaks, the handshake not counted
 * @property {number} [cutAfterDown] bytes to the browser after which it breaks
 */

/** @typedef {import('node:stream').Duplex} Duplex */

/** The connections of one server address. */
export class Tunnel {
  #port
  /** @type {Set<Passage>} */
  #open = new Set()
  /** @type {Weather} */
  #weather = {}
  /** How many connections were asked for. */
  count = 0

  /** @param {number} port of the XMPP server on 127.0.0.1 */
  constructor(port) {
    this.#port = port
  }

  get size() {
    return this.#open.size
  }

  /** From now on, for connections there are and those to come. @param {Weather} weather */
  setWeather(weather) {
    this.#weather = weather
    for (const passage of this.#open) passage.setWeather(weather)
  }

  /** Breaks every connection at once, without a closing frame. @returns {number} how many */
  cutAll() {
    const all = [...this.#open]
    for (const passage of all) passage.cut()
    return all.length
  }

  /**
   * Takes over an upgrade request.
   * @param {import('node:http').IncomingMessage} request
   * @param {Duplex} socket
   * @param {Buffer} head bytes that followed the request
   */
  carry(request, socket, head) {
    this.count += 1
    socket.on('error', () => socket.destroy())
    if (this.#weather.refuse) return void socket.destroy()
    const lines = [`${request.method} ${request.url} HTTP/1.1`]
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`)
    }
    const upstream = connect({ host: '127.0.0.1', port: this.#port, noDelay: true }, () => {
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
      if (head.length > 0) upstream.write(head)
    })
    const passage = new Passage(socket, upstream, this.#weather)
    this.#open.add(passage)
    passage.closed.then(() => this.#open.delete(passage))
  }
}

/** One connection: the browser on one side, the XMPP server on the other. */
class Passage {
  #browser
  #server
  /** @type {Weather} */
  #weather
  #up = 0
  #down = 0

  /** @param {Duplex} browser @param {import('node:net').Socket} server @param {Weather} weather */
  constructor(browser, server, weather) {
    this.#browser = browser
    this.#server = server
    this.#weather = weather
    this.closed = new Promise((resolve) => {
      for (const [one, other] of /** @type {const} */ ([
        [browser, server],
        [server, browser],
      ])) {
        one.on('error', () => other.destroy())
        one.on('end', () => other.end())
        one.on('close', () => {
          other.destroy()
          resolve(null)
        })
      }
    })
    browser.on('data', (piece) => this.#pass(piece, browser, server, true))
    server.on('data', (piece) => this.#pass(piece, server, browser, false))
  }

  /** @param {Weather} weather limits in bytes count from here on */
  setWeather(weather) {
    this.#weather = weather
    this.#up = this.#down = 0
  }

  cut() {
    for (const socket of [this.#browser, this.#server]) {
      // Node cannot reset what lies under TLS.
      if (socket instanceof Socket && !(socket instanceof TLSSocket)) socket.resetAndDestroy()
      else socket.destroy()
    }
  }

  /** @param {Buffer} piece @param {Duplex} from @param {Duplex} to @param {boolean} isUp */
  #pass(piece, from, to, isUp) {
    const { blackhole, delay, cutAfterUp, cutAfterDown } = this.#weather
    if (blackhole) return
    const limit = isUp ? cutAfterUp : cutAfterDown
    const before = isUp ? this.#up : this.#down
    const count = before + piece.length
    if (isUp) this.#up = count
    else this.#down = count
    if (limit !== undefined && count >= limit) {
      to.write(piece.subarray(0, Math.max(0, limit - before)), () => this.cut())
      return
    }
    const write = () => {
      if (to.destroyed || to.writableEnded || to.write(piece)) return
      from.pause()
      to.once('drain', () => from.resume())
    }
    if (delay) setTimeout(write, delay)
    else write()
  }
}
