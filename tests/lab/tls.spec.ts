// The page on one origin, the XMPP server over TLS on another: found by host-meta, and each way of its not being found.
import { readFileSync } from 'node:fs'
import { request as askPlain } from 'node:http'
import { createServer, type Server } from 'node:https'
import { Tunnel } from '../../tools/serve/tunnel.mjs'
import { expect, type Account, type Stand } from '../e2e/fixtures.ts'
import { converse, expectOnline, expectStatus, say, signIn, tryToSignIn } from '../e2e/person.ts'
import { secureDomain, test as base, type Certificate } from './secure.ts'

interface Host {
  /** What `/.well-known/host-meta` and `.json` answer; null: 404. */
  links: string[] | null
  allowsOthers: boolean
}

interface Scene {
  server: Stand
  /** On our domain. */
  anna: Account
  boris: Account
  /** The web server of our domain, at its port 443. */
  host: Host
  /** Opens the WebSocket side with a certificate; says its address. */
  listen: (certificate: Certificate) => Promise<string>
}

const test = base.extend<{ scene: Scene }>({
  scene: async ({ stand, watch, certificate, hostMetaPort }, use) => {
    // No endpoint in config.json: the page must find it.
    const server = await stand({ hostMeta: false, extra: `VirtualHost "${secureDomain}"` }, { config: {} })
    const host: Host = { links: null, allowsOthers: true }
    const tunnel = new Tunnel(server.prosody.httpPort)
    const open: Server[] = [await serveHostMeta(host, certificate, hostMetaPort)]
    watch.allow(`https://${secureDomain}`)
    await use({
      server,
      anna: await register(server, 'anna'),
      boris: await register(server, 'boris'),
      host,
      async listen({ key, cert }) {
        const carrier = createServer({ key: readFileSync(key), cert: readFileSync(cert) })
        carrier.on('upgrade', (request, socket, head) => tunnel.carry(request, socket, head))
        open.push(await listening(carrier, 0))
        const address = carrier.address()
        const port = typeof address === 'object' && address ? address.port : 0
        watch.allow(`https://${secureDomain}:${port}`)
        return `wss://${secureDomain}:${port}/xmpp-websocket`
      },
    })
    tunnel.cutAll()
    for (const one of open) await close(one)
  },
})

/** Port 443 of the domain: nothing but host-meta. */
function serveHostMeta(host: Host, { key, cert }: Certificate, port: number): Promise<Server> {
  const rel = 'urn:xmpp:alt-connections:websocket'
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url = '' }, response) => {
    if (host.allowsOthers) response.setHeader('access-control-allow-origin', '*')
    const { links } = host
    if (links === null || !url.startsWith('/.well-known/host-meta')) return void response.writeHead(404).end()
    if (url.endsWith('.json')) return void response.end(JSON.stringify({ links: links.map((href) => ({ rel, href })) }))
    const xml = links.map((href) => `<Link rel="${rel}" href="${href}"/>`).join('')
    response.end(`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">${xml}</XRD>`)
  })
  return listening(server, port)
}

function listening(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port }, () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** An account of the second domain: the control module answers there under its name. */
function register({ prosody }: Stand, user: string): Promise<Account> {
  const password = `password of ${user}`
  const headers = { host: secureDomain, authorization: `Bearer ${prosody.token}`, 'content-type': 'application/json' }
  const path = '/besedka-control/register'
  return new Promise((resolve, reject) => {
    const asked = askPlain({ host: '127.0.0.1', port: prosody.httpPort, path, method: 'POST', headers }, (response) => {
      response.resume()
      if (response.statusCode === 200) resolve({ user, password, jid: `${user}@${secureDomain}` })
      else reject(new Error(`not registered: ${response.statusCode}`))
    })
    asked.on('error', reject)
    asked.end(JSON.stringify({ users: [{ user, password }] }))
  })
}

test('a server on another origin is found by host-meta', async ({ page, scene, certificate }) => {
  const { server, anna, boris, host, listen } = scene
  host.links = [await listen(certificate)]
  await signIn(page, anna, server)
  await converse(page, boris.jid)
  await say(page, 'over there')
  await expectStatus(page, 'over there', 'The server has it')
})

test('a host-meta that other origins may not read is as good as none', async ({ page, scene, certificate }) => {
  const { server, anna, host, listen } = scene
  const endpoint = await listen(certificate)
  host.links = [endpoint]
  host.allowsOthers = false
  await tryToSignIn(page, anna, server)
  const field = page.getByLabel('Connection address')
  await expect(page.getByRole('alert')).toContainText('The server does not say how browsers can reach it.')
  await expect(field).toBeFocused()
  // Who knows the address gets on: a WebSocket needs no such header.
  await field.fill(endpoint)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expectOnline(page)
})

test('an address that is not encrypted counts as none', async ({ page, scene }) => {
  const { server, anna, host } = scene
  host.links = ['ws://unencrypted.example/xmpp-websocket']
  await tryToSignIn(page, anna, server)
  await expect(page.getByRole('alert')).toContainText('The server does not say how browsers can reach it.')
})

test('a certificate nobody trusts is told as what it may be', async ({ page, scene, untrusted }) => {
  const { server, anna, host, listen } = scene
  const endpoint = await listen(untrusted)
  host.links = [endpoint]
  await tryToSignIn(page, anna, server)
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('The server did not answer.', { timeout: 25_000 })
  await expect(alert).toContainText('certificate')
  await expect(alert.getByRole('link')).toHaveAttribute('href', endpoint.replace(/^wss/, 'https'))
})

test('an operator of one server names it in config.json', async ({ page, scene, certificate }) => {
  const { server, anna, listen } = scene
  const endpoint = await listen(certificate)
  server.setFiles({ 'config.json': JSON.stringify({ domain: secureDomain, endpoint }) })
  await signIn(page, { ...anna, jid: 'anna' }, server)
})
