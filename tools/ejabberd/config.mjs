// Writes the configuration of an ejabberd of our own: loopback only, everything in one private folder.
// It takes the same shape as Prosody's (../prosody/config.mjs). Starting it is left to server.mjs.

/** @typedef {import('../prosody/config.mjs').ServerShape} ServerShape */

/** JSON is YAML. @param {unknown} value */
const quote = (value) => JSON.stringify(value)

const plainModules = [
  'mod_admin_extra mod_adhoc mod_blocking mod_caps mod_carboncopy mod_client_state mod_disco mod_last mod_ping',
  'mod_privacy mod_private mod_time mod_vcard mod_vcard_xupdate mod_version',
]

/**
 * @param {import('../server-process.mjs').Placed & { sql: boolean }} options sql: the driver of SQLite is there
 * @returns {string} text of an ejabberd.yml
 */
export function ejabberdConfig(options) {
  const { dir, httpPort, ipv6, sql, publicUrl = `http://localhost:${httpPort}/`, websocket = true } = options
  const handlers = {
    ...(websocket && { '/xmpp-websocket': 'ejabberd_http_ws', '/ws': 'ejabberd_http_ws' }),
    ...((options.hostMeta ?? true) && {
      '/.well-known/host-meta': 'mod_host_meta',
      '/.well-known/host-meta.json': 'mod_host_meta',
    }),
    '/file_share': 'mod_http_upload',
    '/besedka-control': 'besedka_control',
  }
  const listeners = (ipv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']).map(
    (ip) => `  - { port: ${httpPort}, ip: ${quote(ip)}, module: ejabberd_http, request_handlers: ${quote(handlers)} }`,
  )
  return `# Written by tools/ejabberd/config.mjs at each start; changes are lost.
hosts: ["localhost"]
loglevel: ${options.log ?? 'info'}
# One host file, no questions to the network.
use_cache: true
listen:
${listeners.join('\n')}
# Hashed as real servers do: plain storage would make a new salt at every sign-in, and no stored keys would ever fit.
auth_password_format: scram
auth_scram_hash: sha256
default_db: ${sql ? 'sql' : 'mnesia'}
${sql ? `sql_type: sqlite\nsql_database: ${quote(`${dir}/ejabberd.sqlite`)}` : '# no SQLite here'}
registration_timeout: infinity
# Beyond a hundred it would send back what it cannot deliver at once, without putting it into the archive.
shaper_rules: { max_user_offline_messages: infinity }
websocket_ping_interval: 60 seconds
websocket_timeout: 300 seconds
${options.extra ?? ''}
modules:
${modulesOf(options, publicUrl)
  .map(([name, settings]) => `  ${name}: ${quote(settings)}`)
  .join('\n')}
`
}

/**
 * @param {ServerShape & { dir: string }} options
 * @param {string} publicUrl
 * @returns {[string, object][]}
 */
function modulesOf({ dir, archive = true, streamManagement = true, ...options }, publicUrl) {
  const socketUrl = `${publicUrl.replace(/^http/, 'ws')}xmpp-websocket`
  /** @type {[string, object][]} */
  const wanted = [
    ...plainModules.flatMap((line) => line.split(' ').map((name) => /** @type {[string, object]} */ ([name, {}]))),
    ['mod_roster', { versioning: true }],
    ['mod_offline', {}],
    ['mod_pubsub', { plugins: ['flat', 'pep'], force_node_config: {} }],
    ['mod_muc', { default_room_options: { mam: archive, persistent: true, public: true } }],
    ['mod_http_upload', { put_url: `${publicUrl}file_share`, docroot: `${dir}/upload`, max_size: 50 * 1024 * 1024 }],
  ]
  if (options.hostMeta ?? true) wanted.push(['mod_host_meta', { websocket_url: socketUrl }])
  if (options.registration ?? true) wanted.push(['mod_register', { ip_access: 'all' }])
  if (archive) wanted.push(['mod_mam', { default: 'always', assume_mam_usage: true }])
  // What was not acknowledged in time would go back to its sender as an error, where no archive has it.
  const unacknowledged = { resend_on_timeout: 'if_offline', max_ack_queue: 2000 }
  if (streamManagement)
    wanted.push(['mod_stream_mgmt', { resume_timeout: options.hibernation ?? 600, ...unacknowledged }])
  return wanted.filter(([name]) => !options.without?.includes(name))
}
