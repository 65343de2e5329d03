// Answers requests for files of a folder as a production host should: security headers, cache rules, compression.
// Knows nothing of proxies; app.mjs decides what reaches it.
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { securityHeaders } from '../static-policy.mjs'

/** @type {Record<string, string>} */
const mediaTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wasm': 'application/wasm',
}
const compressible = /^(text\/|application\/(json|manifest)|image\/svg)/
const squeeze = {
  br: (/** @type {Buffer} */ body) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify(gzip),
}

/**
 * A folder as it is answered.
 * @typedef {object} Files
 * @property {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, path: string) => Promise<void>} answer
 *   path: decoded, relative to the folder, without a leading slash
 */

/**
 * @param {string} root
 * @param {Map<string, Buffer>} extra files that lie beside those of the folder and win over them
 * @returns {Files}
 */
export function createFiles(root, extra) {
  /** @type {Map<string, { version: string, body: Buffer }>} compressed bodies by encoding and path */
  const compressed = new Map()

  /** @param {string} path @returns {Promise<{ body: Buffer, version: string } | null>} */
  async function read(path) {
    const own = extra.get(path)
    if (own) return { body: own, version: hashOf(own) }
    const file = join(root, normalize(`/${path}`))
    if (!file.startsWith(root + sep)) return null
    const info = await stat(file).catch(() => null)
    if (!info?.isFile()) return null
    return { body: await readFile(file), version: `${info.mtimeMs}-${info.size}` }
  }

  return {
    async answer(request, response, path) {
      for (const [name, value] of Object.entries(securityHeaders())) response.setHeader(name, value)
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD')
        return end(response, 405, 'only GET')
      }
      const name = path === '' || path.endsWith('/') ? `${path}index.html` : path
      const found = await read(name)
      if (!found) return end(response, 404, 'not found')
      const type = mediaTypes[extname(name)] ?? 'application/octet-stream'
      const tag = `"${hashOf(Buffer.from(found.version))}"`
      response.setHeader('content-type', type)
      response.setHeader('cache-control', cacheRule(name))
      response.setHeader('etag', tag)
      response.setHeader('vary', 'accept-encoding')
      if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end()
      const encoding = compressible.test(type) ? encodingFor(request.headers['accept-encoding']) : null
      let { body } = found
      if (encoding) {
        const key = `${encoding} ${name}`
        let known = compressed.get(key)
        if (known?.version !== found.version) {
          known = { version: found.version, body: await squeeze[encoding](found.body) }
          compressed.set(key, known)
        }
        body = known.body
        response.setHeader('content-encoding', encoding)
      }
      response.writeHead(200, { 'content-length': body.length })
      response.end(request.method === 'HEAD' ? undefined : body)
    },
  }
}

/** Hashed files never change; everything else must be asked for, or an update would never arrive. @param {string} name */
function cacheRule(name) {
  return name.startsWith('_app/immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache'
}

/** @param {string | string[] | undefined} accepted @returns {'br' | 'gzip' | null} */
function encodingFor(accepted) {
  const names = String(accepted ?? '')
  if (/\bbr\b/.test(names)) return 'br'
  return /\bgzip\b/.test(names) ? 'gzip' : null
}

/** @param {Buffer} body */
function hashOf(body) {
  return createHash('sha256').update(body).digest('base64url').slice(0, 16)
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {string} text */
function end(response, status, text) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(text)
}
