// nginx and Caddy with the snippets of docs/operators.md: only addresses, ports and folders are put in their places.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findProgram } from '../../tools/apt.mjs'
import { ask, type Certificate } from './secure.ts'
import { snippets } from './snippet.ts'

export interface Site {
  /** `/` or `/chat/`. */
  base: string
  /** Folder of the app. */
  folder: string
  port: number
  /** HTTP port of the XMPP server. */
  xmppPort: number
  certificate: Certificate
  /** For files of the server itself. */
  dir: string
}

export type WebServerName = 'nginx' | 'caddy'

/** Starts it, serves the site, and says how to end it. @throws Error with what the server said when it does not answer */
export async function startWebServer(name: WebServerName, site: Site): Promise<() => Promise<void>> {
  mkdirSync(site.dir, { recursive: true })
  const args = name === 'nginx' ? prepareNginx(site) : prepareCaddy(site)
  const program = findProgram(name)
  if (program === null) throw new Error(`${name} is not installed`)
  const env = { ...process.env, HOME: site.dir, XDG_DATA_HOME: site.dir, XDG_CONFIG_HOME: site.dir }
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()))
  const until = Date.now() + 10_000
  while (!(await answers(site.port))) {
    if (child.exitCode !== null || Date.now() > until) {
      await end(child)
      throw new Error(`${name} does not answer:\n${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return () => end(child)
}

function answers(port: number): Promise<boolean> {
  return ask(`https://localhost:${port}/`).then(
    () => true,
    () => false,
  )
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

/** What an operator changes by hand. */
function placed(text: string, { folder, port, xmppPort, base }: Site): string {
  return text
    .replaceAll('/srv/besedka', folder)
    .replaceAll('127.0.0.1:5280', `127.0.0.1:${xmppPort}`)
    .replaceAll('example.org', `localhost:${port}`)
    .replaceAll('/chat/', base)
}

function prepareNginx(site: Site): string[] {
  const [headers = '', locations = ''] = snippets('nginx')
  const redirect = /^location = \/chat \{.*?^\}\n/ms
  const text = placed(site.base === '/' ? locations.replace(redirect, '') : locations, site)
  writeFileSync(join(site.dir, 'besedka-headers.conf'), headers)
  writeFileSync(join(site.dir, 'mime.types'), mimeTypes())
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${site.dir}/${name};`,
  )
  const { key, cert } = site.certificate
  const file = join(site.dir, 'nginx.conf')
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off; worker_processes 1; error_log stderr;',
    `pid ${site.dir}/nginx.pid;`,
    'events {}',
    `http { include mime.types; access_log off; ${temporary.join(' ')}`,
    `server { listen 127.0.0.1:${site.port} ssl; server_name localhost; ssl_certificate ${cert}; ssl_certificate_key ${key};`,
    text,
    '} }',
  ]
  writeFileSync(file, lines.join('\n'))
  return ['-p', site.dir, '-c', file, '-e', 'stderr']
}

/** The table that comes with nginx. */
function mimeTypes(): string {
  const beside = join(dirname(findProgram('nginx') ?? '/'), '../../etc/nginx/mime.types')
  for (const path of ['/etc/nginx/mime.types', beside]) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // Next place.
    }
  }
  throw new Error('nginx has no mime.types')
}

function prepareCaddy(site: Site): string[] {
  const [text = ''] = snippets('caddy')
  const { key, cert } = site.certificate
  const atRoot = text.replace(/^ *redir .*\n/m, '').replace('handle_path /chat/*', 'handle')
  const block = placed(site.base === '/' ? atRoot : text, site).replace(
    '{\n',
    `{\n    tls ${cert} ${key}\n    bind 127.0.0.1\n`,
  )
  const file = join(site.dir, 'Caddyfile')
  writeFileSync(file, `{\n    admin off\n    auto_https disable_redirects\n}\n${block}`)
  return ['run', '--config', file, '--adapter', 'caddyfile']
}
