// For specs over TLS: a certificate made for this run in a folder of its own, and a Chromium that trusts it and no other.
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request, type RequestOptions } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../../tools/apt.mjs'
import { freePort } from '../../tools/ports.mjs'
import { test as base } from '../e2e/fixtures.ts'

/** The XMPP domain of specs over TLS. It resolves nowhere; Chromium is told where its port 443 is. */
export const secureDomain = 'xmpp.example'

export interface Certificate {
  /** Folder of the run, removed at its end. */
  dir: string
  /** Files in PEM. */
  key: string
  cert: string
  /** Both in one file. */
  both: string
  /** Base64 of the SHA-256 of its public key. */
  pin: string
}

/** Self-signed, for localhost and our domain. @throws Error without openssl */
function makeCertificate(dir: string, name: string): Certificate {
  const [key, cert, both] = ['key', 'cert', 'both'].map((part) => join(dir, `${name}-${part}.pem`)) as [
    string,
    string,
    string,
  ]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:localhost,DNS:${secureDomain}`]
  execFileSync(findProgram('openssl') ?? 'openssl', ['req', ...kind, ...names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  writeFileSync(both, readFileSync(key, 'utf8') + readFileSync(cert, 'utf8'))
  const publicKey = new X509Certificate(readFileSync(cert)).publicKey.export({ type: 'spki', format: 'der' })
  return { dir, key, cert, both, pin: createHash('sha256').update(publicKey).digest('base64') }
}

interface Secure {
  certificate: Certificate
  /** Made like the other one, and trusted by nobody. */
  untrusted: Certificate
  /** Where port 443 of the domain is. */
  hostMetaPort: number
}

export const test = base.extend<object, Secure>({
  certificate: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names out of this very pattern
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), 'besedka-secure-'))
      await use(makeCertificate(dir, 'trusted'))
      rmSync(dir, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  untrusted: [async ({ certificate }, use) => use(makeCertificate(certificate.dir, 'untrusted')), { scope: 'worker' }],
  // eslint-disable-next-line no-empty-pattern -- as above
  hostMetaPort: [async ({}, use) => use(await freePort()), { scope: 'worker' }],
  launchOptions: [
    async ({ launchOptions, certificate, hostMetaPort }, use) => {
      const args = [
        ...(launchOptions.args ?? []),
        `--ignore-certificate-errors-spki-list=${certificate.pin}`,
        `--host-resolver-rules=MAP ${secureDomain}:443 127.0.0.1:${hostMetaPort},MAP ${secureDomain} 127.0.0.1`,
      ]
      await use({ ...launchOptions, args })
    },
    { scope: 'worker' },
  ],
})

test.skip(findProgram('openssl') === null, 'needs openssl to make a certificate')

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** Asks as curl would, without a look at the certificate. */
export function ask(url: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false, agent: false, ...options }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => {
        const body = Buffer.concat(pieces).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}
