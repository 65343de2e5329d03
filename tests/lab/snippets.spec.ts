// What docs/operators.md tells operators to write into their servers is run: headers, caching, host-meta, and a sign-in.
import { cpSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../../tools/apt.mjs'
import { startEjabberd } from '../../tools/ejabberd/server.mjs'
import { freePort } from '../../tools/ports.mjs'
import { startProsody } from '../../tools/prosody/server.mjs'
import type { Placed } from '../../tools/server-process.mjs'
import { securityHeaders } from '../../tools/static-policy.mjs'
import { expect } from '../e2e/fixtures.ts'
import { converse, expectOnline, expectStatus, say, signIn } from '../e2e/person.ts'
import { ask, test, type Certificate } from './secure.ts'
import { snippets } from './snippet.ts'
import { startWebServer, type WebServerName } from './web-server.ts'

const webServers: WebServerName[] = ['nginx', 'caddy']
const websocket = 'urn:xmpp:alt-connections:websocket'

for (const name of webServers)
  for (const base of ['/', '/chat/'])
    test.describe(`${name} at ${base}`, () => {
      test.skip(findProgram(name) === null, `needs ${name}`)

      test('sends the headers, and people sign in', async ({ page, watch, account, prosody, shared, certificate }) => {
        const port = await freePort()
        const dir = join(certificate.dir, `${name}-${port}`)
        const folder = join(dir, 'site')
        cpSync(shared.root, folder, { recursive: true })
        writeFileSync(join(folder, 'config.json'), '{ "domain": "localhost", "endpoint": "/xmpp-websocket" }')
        const end = await startWebServer(name, { base, folder, port, xmppPort: prosody.httpPort, certificate, dir })
        try {
          const origin = `https://localhost:${port}`
          await checkFiles(origin + base, folder)
          await checkHostMeta(`${origin}/.well-known/host-meta.json`, `wss://localhost:${port}/xmpp-websocket`)
          if (base === '/chat/')
            expect(await ask(`${origin}/chat`)).toMatchObject({
              status: 308,
              headers: { location: expect.stringMatching(/\/chat\/$/) },
            })
          watch.allow(origin)
          await signIn(page, await account(), { url: origin + base })
          await page.evaluate(async () => void (await navigator.serviceWorker.ready))
          await page.reload()
          await expectOnline(page)
          await watch.settle()
          await page.close()
        } finally {
          await end()
        }
      })
    })

/** Every kind of file comes with the headers, its type and its rule for caches. */
async function checkFiles(url: string, folder: string): Promise<void> {
  const immutable = readdirSync(join(folder, '_app/immutable'), { recursive: true, encoding: 'utf8' })
  const hashed = (ending: string) => `_app/immutable/${immutable.find((path) => path.endsWith(ending)) ?? ''}`
  const files: [string, RegExp][] = [
    ['', /^text\/html/],
    ['index.html', /^text\/html/],
    ['service-worker.js', /javascript/],
    ['config.json', /^application\/json/],
    ['manifest.webmanifest', /^application\/manifest\+json/],
    [hashed('.js'), /javascript/],
    [hashed('.css'), /^text\/css/],
  ]
  for (const [path, type] of files) {
    const { status, headers } = await ask(url + path)
    expect({ path, status }).toEqual({ path, status: 200 })
    expect(headers).toMatchObject(securityHeaders())
    expect(headers).toMatchObject({ 'content-type': expect.stringMatching(type) })
    const rule = path.startsWith('_app/immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    expect({ path, rule: headers['cache-control'] }).toEqual({ path, rule })
  }
  expect(await ask(`${url}no-such-file`)).toMatchObject({ status: 404, headers: securityHeaders() })
}

async function checkHostMeta(url: string, href: string): Promise<void> {
  const { headers, body } = await ask(url, { headers: { origin: 'https://chat.example' } })
  expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'content-type': 'application/json' })
  expect(JSON.parse(body)).toEqual({ links: [{ rel: websocket, href }] })
}

test('Prosody', async ({ page, stand }) => {
  const server = await stand({}, { start: (options) => startProsody(options, prosodyBySnippet) })
  const [anna, boris] = [await server.account(), await server.account()]
  const bot = await server.peer(boris)
  await bot.send(anna.jid, 'before the first sign-in')
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await say(page, 'hello')
  await expectStatus(page, 'hello', 'Delivered')
  const bodies = (await server.prosody.archive(anna.user)).map(({ xml }) => /<body>(.*?)</.exec(xml)?.[1])
  expect(bodies).toEqual(expect.arrayContaining(['before the first sign-in', 'hello']))
})

/** A whole configuration: ours is only what keeps it in its folder and off the network. */
function prosodyBySnippet({ dir, httpPort, token }: Placed): string {
  const [snippet = ''] = snippets('lua')
  return `pidfile = "${dir}/prosody.pid"
data_path = "${dir}/data"
log = { { levels = { min = "info" }, to = "file", filename = "${dir}/prosody.log" } }
run_as_root = true
interfaces = { "127.0.0.1" }
http_ports = { ${httpPort} }
https_ports = { }
c2s_ports = { }
c2s_direct_tls_ports = { }
s2s_ports = { }
plugin_paths = { "${fileURLToPath(new URL('../../tools/prosody/modules', import.meta.url))}" }
besedka_control_token = "${token}"
besedka_owner_pid = ${process.pid}
${snippet.replaceAll('example.org', 'localhost').replace('"websocket";', '"websocket"; "besedka_control";')}
VirtualHost "localhost"
`
}

test('ejabberd', async ({ page, stand, certificate, watch }) => {
  test.skip(findProgram('ejabberd') === null, 'needs ejabberd')
  const port = await freePort()
  const endpoint = `wss://localhost:${port}/ws`
  const server = await stand(
    {},
    {
      config: { domain: 'localhost', endpoint },
      start: (options) => startEjabberd(options, (placed) => ejabberdBySnippet(placed, port, certificate)),
    },
  )
  await checkHostMeta(`https://localhost:${port}/.well-known/host-meta.json`, endpoint)
  watch.allow(`https://localhost:${port}`)
  const [anna, boris] = [await server.account(), await server.account()]
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await say(page, 'hello')
  await expectStatus(page, 'hello', 'The server has it')
  expect(await server.prosody.archive(anna.user)).toHaveLength(1)
})

function ejabberdBySnippet({ httpPort }: Placed, port: number, { both }: Certificate): string {
  const [snippet = ''] = snippets('yaml')
  const hand = `  - { port: ${httpPort}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: { /besedka-control: besedka_control } }`
  const own = snippet
    .replace('listen:\n', `listen:\n${hand}\n`)
    .replace('port: 5443', `port: ${port}\n    ip: "127.0.0.1"`)
  return `hosts: ["localhost"]\nloglevel: info\ncertfiles: ["${both}"]\n${own}`
}
