// Writes the configuration of a Prosody of our own: loopback only, everything in one private folder.
// Starting it is left to server.mjs.
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} ServerShape What a Prosody is like; every key is optional.
 * @property {boolean} [archive] message archive for accounts and rooms; default true
 * @property {number} [hibernation] seconds a cut session can be resumed; default 600
 * @property {boolean} [streamManagement] default true
 * @property {boolean} [websocket] default true; false: a server a browser cannot talk to
 * @property {boolean} [hostMeta] answers /.well-known/host-meta and host-meta.json; default true
 * @property {boolean} [registration] open registration in the stream; default true
 * @property {number} [pageSize] largest page of an archive; default 250
 * @property {string} [publicUrl] address under which a browser reaches the HTTP side; default the HTTP port itself
 * @property {boolean} [echo] the contact echo@localhost, which answers; default false
 * @property {string[]} [without] further modules to leave out
 * @property {string} [extra] lines of configuration for the host
 * @property {'info' | 'debug'} [log]
 */

/** The domain of every account here: a secure context in browsers, and it resolves everywhere. */
export const domain = 'localhost'

const accountModules = [
  'roster saslauth disco presence message iq offline ping time version uptime lastactivity',
  'private blocklist pep bookmarks vcard4 vcard_legacy carbons csi_simple register http',
]

/** @param {string} text @returns {string} a Lua string */
const quote = (text) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`

/** @param {string[]} texts */
const list = (texts) => `{ ${texts.map(quote).join(', ')} }`

/**
 * @param {ServerShape & { dir: string, httpPort: number, token: string, sql: boolean, ipv6: boolean }} options
 *   sql: lua-dbi-sqlite3 is there; token: proves to the control module that it is we who ask
 * @returns {string} text of a prosody.cfg.lua
 */
export function prosodyConfig(options) {
  const { dir, httpPort, token, archive = true, pageSize = 250, publicUrl = `http://localhost:${httpPort}/` } = options
  return `-- Written by tools/prosody/config.mjs at each start; changes are lost.
pidfile = ${quote(`${dir}/prosody.pid`)}
data_path = ${quote(`${dir}/data`)}
plugin_paths = { ${quote(fileURLToPath(new URL('./modules', import.meta.url)))} }
log = { { levels = { min = ${quote(options.log ?? 'info')} }, to = "file", filename = ${quote(`${dir}/prosody.log`)} } }
-- Otherwise a Prosody started by root changes its user and can no longer write here.
run_as_root = true
network_backend = "epoll"
interfaces = ${list(options.ipv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])}
http_interfaces = interfaces
http_ports = { ${httpPort} }
https_ports = { }
c2s_ports = { }
c2s_direct_tls_ports = { }
s2s_ports = { }
component_ports = { }
http_max_content_size = ${64 * 1024 * 1024}
http_max_buffer_size = ${64 * 1024 * 1024}
http_default_host = "localhost"
-- The browser's connection ends on loopback; without this Prosody offers no login on ws://.
consider_websocket_secure = true
-- Hashed as real servers do: plain storage would make a new salt at every sign-in, and no stored keys would ever fit.
authentication = "internal_hashed"
password_hash = "SHA-256"
allow_registration = ${String(options.registration ?? true)}
registration_invite_only = false
${options.sql ? 'storage = "sql"\nsql = { driver = "SQLite3", database = "prosody.sqlite" }' : 'storage = "internal"'}
smacks_hibernation_time = ${options.hibernation ?? 600}
smacks_max_queue_size = 2000
archive_expires_after = "never"
max_archive_query_results = ${pageSize}
modules_disabled = { "s2s", "tls" }
modules_enabled = ${list(enabledModules(options))}
besedka_control_token = ${quote(token)}
besedka_owner_pid = ${process.pid}
besedka_public_url = ${quote(publicUrl)}

VirtualHost "${domain}"
http_host = "localhost"
http_external_url = ${quote(publicUrl)}
${options.extra ?? ''}

Component "conference.${domain}" "muc"
name = "Rooms"
modules_enabled = ${list([...(archive ? ['muc_mam'] : []), 'vcard_muc', 'muc_moderation'])}
muc_log_by_default = ${String(archive)}
muc_log_expires_after = "never"

Component "upload.${domain}" "http_file_share"
http_host = "localhost"
http_external_url = ${quote(publicUrl)}
http_file_share_size_limit = ${50 * 1024 * 1024}
http_file_share_daily_quota = ${2 * 1024 * 1024 * 1024}
`
}

/** @param {ServerShape} options */
function enabledModules({
  archive = true,
  streamManagement = true,
  websocket = true,
  hostMeta = true,
  echo = false,
  without = [],
}) {
  const wanted = [...accountModules.join(' ').split(' '), 'besedka_control']
  if (archive) wanted.push('mam')
  if (streamManagement) wanted.push('smacks')
  if (websocket) wanted.push('websocket')
  if (hostMeta) wanted.push('besedka_host_meta')
  if (echo) wanted.push('besedka_echo')
  return wanted.filter((name) => !without.includes(name))
}
