// A Vite plugin: leaves out of the bundle what stanza.js loads but this client never runs. stanza is CommonJS and its client
// requires the index of all plugins and all definitions, so importing less saves nothing; here some of its files get a shorter
// text. Everything is read from raw XML (src/lib/xmpp), stanza only negotiates: features, SASL, binding, disco, stream.
// The end-to-end tests run this bundle. The build stops when stanza's files are not those that this was written for.
import { readFileSync } from 'node:fs'

export const madeFor = '12.22.1'
const plugins = ['features', 'disco', 'bind', 'connection', 'sasl']
const definitions = [
  'rfc3921',
  'rfc6120',
  'rfc6121',
  'rfc7395',
  'xep0004',
  'xep0030',
  'xep0059',
  'xep0115',
  'xep0198',
  'xep0199',
  'xep0352',
]
const esModule = 'Object.defineProperty(exports, "__esModule", { value: true });\n'
/** @param {string} folder @param {string[]} names @returns {string} a list of default exports */
const required = (folder, names) => names.map((name) => `require("./${name}").default`).join(', ')

/** Shorter texts by path inside the package. @type {Record<string, string>} */
const texts = {
  'plugins/index.js': `${esModule}exports.core = (client) => { for (const one of [${required('plugins', plugins)}]) client.use(one) };
exports.default = () => {};\n`,
  'protocol/index.js': `${esModule}exports.default = [${required('protocol', definitions)}];\n`,
  'transports/bosh.js': `${esModule}exports.default = class {};\n`,
  'transports/websocket.js': `${esModule}exports.default = class {};\n`,
  'helpers/RTT.js': esModule,
  // Logins are computed in xmpp/scram.ts (decision 0004); capabilities are hashed with SHA-1.
  'platform/browser/crypto/MD5.js': `${esModule}exports.default = class {};\n`,
  'platform/browser/crypto/SHA-512.js': `${esModule}exports.default = class {};\n`,
  'helpers/NetworkDiscovery.js': `${esModule}exports.default = class {};\n`,
  'jingle/index.js': esModule,
}

/** Paths inside the package whose text is replaced, and the files that the texts need. */
export const touched = [
  ...Object.keys(texts),
  ...plugins.map((name) => `plugins/${name}.js`),
  ...definitions.map((name) => `protocol/${name}.js`),
]

/** @returns {import('vite').Plugin} */
export function leanStanza() {
  /** @type {Set<string>} */
  const met = new Set()
  return {
    name: 'besedka-lean-stanza',
    enforce: 'pre',
    apply: 'build',
    load: {
      filter: { id: /\/node_modules\/stanza\/[\w/-]+\.js$/ },
      handler(id) {
        const path = id.replace(/^.*\/node_modules\/stanza\//, '')
        const text = texts[path]
        if (text !== undefined) met.add(path)
        return text
      },
    },
    buildEnd(error) {
      if (error || met.size === 0) return
      const { version } = JSON.parse(readFileSync('node_modules/stanza/package.json', 'utf8'))
      const unmet = Object.keys(texts).filter((path) => !met.has(path))
      if (version !== madeFor)
        throw new Error(`tools/static-stanza.mjs was written for stanza ${madeFor}, not ${version}`)
      if (unmet.length > 0) throw new Error(`stanza no longer loads ${unmet.join(', ')}`)
    },
  }
}
