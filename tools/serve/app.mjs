// Serves the built app under any path of one origin and passes WebSocket, uploads and host-meta through to an XMPP
// server on that same origin. Used by `npm start` and by the end-to-end tests.
import { createServer, request as ask } from 'node:http'
import { resolve } from 'node:path'
import { freePort, hasIpv6 } from '../ports.mjs'
import { createFiles } from './files.mjs'
import { Tunnel } from './tunnel.mjs'

/** @typedef {import('./tunnel.mjs').Weather} Weather */

/**
 * What goes wrong with a file, by its path below the base; null: nothing. `missing`: 404; `cut`: the connection breaks in
 * the middle; `page`: an error page that says 200; `late`: it comes, a second later.
 * @typedef {(path: string) => 'missing' | 'cut' | 'page' | 'late' | null} Trouble
 */

/**
 * @typedef {object} AppServer
 * @property {string} url address of the app, with the final slash
 * @property {string} origin
 * @property {number} port
 * @property {Tunnel | null} tunnel null without an XMPP server
 * @property {() => number} cutAll breaks all WebSocket connections, says how many
 * @property {(weather: Weather) => void} setWeather how connections behave from now on
 * @property {(paths: Record<string, string | null>) => void} setFiles files by path beside those of the folder; null removes
 * @property {(trouble: Trouble | null) => void} setTrouble how files are answered from now on; null: well
 * @property {(root: string) => void} setRoot another build from now on, as after a release
 * @property {() => Promise<void>} close
 */

const websocketPath = '/xmpp-websocket'
const passedPaths = /^\/(file_share\/|xmpp-websocket$|\.well-known\/host-meta(\.json)?$)/

/**
 * @param {object} options
 * @param {string} options.root folder of the build
 * @param {string} [options.base] path of the app, default /
 * @param {number} [options.port] default any free one
 * @param {{ httpPort: number } | null} [options.prosody] where the XMPP server's HTTP side is
 * @param {object | null} [options.config] becomes config.json beside the shell; null: none;
 *   default: this server's accounts, or an empty configuration without one
 * @returns {Promise<AppServer>}
 */
export async function serveApp({ root, base = '/', port, prosody = null, config }) {
  const path = `/${base.split('/').filter(Boolean).join('/')}/`.replace('//', '/')
  const chosen = port ?? (await freePort())
  const extra = new Map()
  const settings = config === undefined ? (prosody ? { domain: 'localhost', endpoint: websocketPath } : {}) : config
  if (settings) extra.set('config.json', Buffer.from(`${JSON.stringify(settings, null, 2)}\n`))
  let files = createFiles(resolve(root), extra)
  /** @type {Trouble | null} */
  let trouble = null
  const tunnel = prosody ? new Tunnel(prosody.httpPort) : null

  /** @type {import('node:http').RequestListener} */
  const listener = (request, response) => {
    const asked = pathOf(request.url)
    if (prosody && asked !== null && passedPaths.test(asked)) return pass(request, response, prosody.httpPort)
    if (asked !== null && `${asked}/` === path) return void response.writeHead(308, { location: path }).end()
    if (asked === null || !asked.startsWith(path)) return void response.writeHead(404).end('not found')
    const name = asked.slice(path.length)
    const answer = () => void files.answer(request, response, name).catch(() => response.destroy())
    const wrong = trouble?.(name) ?? null
    if (wrong === null) answer()
    else if (wrong === 'late') setTimeout(answer, 1_000)
    else answerWrongly(response, wrong)
  }
  const addresses = (await hasIpv6()) ? ['127.0.0.1', '::1'] : ['127.0.0.1']
  const servers = await Promise.all(addresses.map((host) => listen(host, chosen, listener, tunnel)))
  const origin = `http://localhost:${chosen}`
  return {
    url: origin + path,
    origin,
    port: chosen,
    tunnel,
    cutAll: () => tunnel?.cutAll() ?? 0,
    setWeather: (weather) => tunnel?.setWeather(weather),
    setFiles(paths) {
      for (const [name, text] of Object.entries(paths)) {
        if (text === null) extra.delete(name)
        else extra.set(name, Buffer.from(text))
      }
    },
    setTrouble(how) {
      trouble = how
    },
    setRoot(folder) {
      files = createFiles(resolve(folder), extra)
    },
    async close() {
      tunnel?.cutAll()
      await Promise.all(servers.map(shut))
    },
  }
}

/** @param {import('node:http').ServerResponse} response @param {'missing' | 'cut' | 'page'} how */
function answerWrongly(response, how) {
  if (how === 'missing') return void response.writeHead(404).end('not found')
  // What is worst: it says that it may be kept for ever.
  response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'public, max-age=31536000, immutable' })
  if (how === 'page') response.end('<!doctype html><title>We will be back soon</title>')
  else response.write('export const half', () => response.destroy())
}

/** @param {string | undefined} url @returns {string | null} the decoded path; null: it makes no sense */
function pathOf(url) {
  try {
    return decodeURIComponent((url ?? '/').replace(/[?#].*/s, ''))
  } catch {
    return null
  }
}

/**
 * @param {string} host
 * @param {number} port
 * @param {import('node:http').RequestListener} listener
 * @param {Tunnel | null} tunnel
 * @returns {Promise<import('node:http').Server>}
 */
function listen(host, port, listener, tunnel) {
  const server = createServer(listener)
  server.on('upgrade', (request, socket, head) => {
    if (tunnel && pathOf(request.url) === websocketPath) tunnel.carry(request, socket, head)
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
  })
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen({ host, port, exclusive: true }, () => done(server))
  })
}

/** @param {import('node:http').Server} server */
function shut(server) {
  return new Promise((done) => {
    server.close(() => done(null))
    server.closeAllConnections()
  })
}

/**
 * Passes one request on as it is, body and answer streamed.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {number} port
 */
function pass(request, response, port) {
  const { method, url, headers } = request
  const onward = ask({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  onward.on('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { 'content-type': 'text/plain' }).end('the XMPP server does not answer')
  })
  request.on('aborted', () => onward.destroy())
  request.pipe(onward)
}
