// Finding the WebSocket of a domain: both forms of host-meta merged, lies and accidents told apart, nothing but wss.
import { describe, expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import { checkEndpoint, failureWithoutEndpoint, findEndpoints, type EndpointQuestion } from './discovery.ts'

type Answer = Response | 'unreachable' | 'hang'

const xrd = (...links: string[]) => `<?xml version='1.0' encoding='utf-8'?>
<!-- made by hand -->
<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>
  <Link rel="urn:xmpp:alt-connections:xbosh" href="https://example.org/bosh" />
  ${links.map((href) => `<Link rel="urn:xmpp:alt-connections:websocket" href="${href}"/>`).join('\n')}
</XRD>`
const jrd = (...links: string[]) => ({
  links: [
    { rel: 'lrdd', template: 'https://social.example/{uri}' },
    ...links.map((href) => ({ rel: 'urn:xmpp:alt-connections:websocket', href })),
  ],
})
const absent = () => new Response('Not Found', { status: 404 })
const text = (body: string) => new Response(body)
const json = (body: unknown) => Response.json(body)

async function find(xml: Answer, jsonAnswer: Answer, question: Partial<EndpointQuestion> = {}) {
  const asked: { url: string; init: RequestInit }[] = []
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    asked.push({ url, init })
    const answer = url.endsWith('.json') ? jsonAnswer : xml
    if (answer === 'unreachable') return Promise.reject(new TypeError('Failed to fetch'))
    if (answer !== 'hang') return Promise.resolve(answer)
    return new Promise((_resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
    })
  }
  const plain = { domain: 'example.org', configured: null, lastWorked: null, typed: null, timeout: 50 }
  const found = await findEndpoints({ ...plain, fetch, ...question })
  return { ...found, asked, outcomes: found.findings.map(({ outcome }) => outcome) }
}

async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    return error instanceof Failed ? error.failure.what : error
  }
}

describe('host-meta', () => {
  it('is asked for in both forms, without credentials and referrer, and merged', async () => {
    const one = await find(
      text(xrd('wss://a.example/ws', 'wss://b.example/ws')),
      json(jrd('wss://b.example/ws', 'wss://c.example/ws')),
    )
    expect(one.candidates).toEqual(['wss://a.example/ws', 'wss://b.example/ws', 'wss://c.example/ws'])
    expect(one.asked.map(({ url }) => url)).toEqual([
      'https://example.org/.well-known/host-meta',
      'https://example.org/.well-known/host-meta.json',
    ])
    expect(one.asked[0]?.init).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' })
  })

  it('of the fediverse in one form does not hide the other', async () => {
    const found = await find(text(xrd('wss://a.example/ws')), json(jrd()))
    expect(found.candidates).toEqual(['wss://a.example/ws'])
    expect(found.outcomes).toEqual(['links', 'none'])
  })

  it.each<[string, () => Answer, () => Answer, string[]]>([
    ['absent', absent, absent, ['absent', 'absent']],
    ['behind no CORS', () => 'unreachable', () => 'unreachable', ['unreachable', 'unreachable']],
    ['too slow', () => 'hang', () => 'hang', ['timeout', 'timeout']],
    ['a web page', () => text('\n<!DOCTYPE html><html></html>'), () => text('<html>'), ['page', 'page']],
    ['broken', () => text('<XRD><Link'), () => text('{'), ['invalid', 'invalid']],
    ['something else', () => text('<rss/>'), () => json([]), ['invalid', 'invalid']],
    [
      'strange JSON',
      () => text(''),
      () => json({ links: [null, 1, { rel: 'urn:xmpp:alt-connections:websocket' }] }),
      ['invalid', 'none'],
    ],
    ['an entity bomb', () => text('<!DOCTYPE x [<!ENTITY a "b">]><XRD/>'), () => json({}), ['invalid', 'none']],
    [
      'endless',
      () => text(xrd('wss://a.example/') + ' '.repeat(300_000)),
      () => text(`{"a":"${'b'.repeat(300_000)}"}`),
      ['invalid', 'invalid'],
    ],
    [
      'an error',
      () => new Response('', { status: 500 }),
      () => new Response('', { status: 403 }),
      ['refused', 'refused'],
    ],
  ])('that is %s gives no candidate and says so', async (_name, xml, jsonForm, outcomes) => {
    const found = await find(xml(), jsonForm())
    expect(found.candidates).toEqual([])
    expect(found.outcomes).toEqual(outcomes)
    expect(failureWithoutEndpoint(found.findings)).toMatchObject({ what: 'endpoint-unknown', remedy: 'ask' })
    expect(failureWithoutEndpoint(found.findings).cause).toContain(`xml: ${outcomes[0]}`)
  })

  it('that was redirected to http is refused', async () => {
    const redirected = text(xrd('wss://a.example/ws'))
    Object.defineProperty(redirected, 'url', { value: 'http://example.org/host-meta' })
    expect(await find(redirected, absent())).toMatchObject({ candidates: [], outcomes: ['refused', 'absent'] })
  })

  it('counts only wss, and never sends a stranger to this machine', async () => {
    const bad = [
      'ws://a.example/ws',
      'https://a.example',
      'javascript:alert(1)',
      'wss://u:p@a.example/',
      'wss://a.example/#x',
      'x',
    ]
    const local = ['ws://localhost:5280/ws', 'ws://127.0.0.1/', 'wss://localhost/', 'wss://[::1]/']
    const found = await find(text(xrd(...bad, ...local)), json(jrd(...local, 'wss://good.example/ws')))
    expect(found.candidates).toEqual(['wss://good.example/ws'])
  })
})

describe('the order', () => {
  it('is the configured address alone', async () => {
    const found = await find(text(xrd('wss://a.example/ws')), absent(), {
      configured: 'wss://only.example/ws',
      typed: 'b.example',
      lastWorked: 'wss://c.example/',
    })
    expect(found).toMatchObject({ candidates: ['wss://only.example/ws'], findings: [], asked: [] })
  })

  it('is the last that worked, the announced, the typed, each once', async () => {
    const found = await find(text(xrd('wss://a.example/ws')), json(jrd('wss://last.example/ws')), {
      lastWorked: 'wss://last.example/ws',
      typed: ' typed.example/ws ',
    })
    expect(found.candidates).toEqual(['wss://last.example/ws', 'wss://a.example/ws', 'wss://typed.example/ws'])
  })

  it('passes over a remembered address that may no longer be used, and refuses a typed one', async () => {
    expect(await find(absent(), absent(), { lastWorked: 'ws://old.example/' })).toMatchObject({ candidates: [] })
    expect(await failureOf(() => find(absent(), absent(), { typed: 'ws://typed.example/' }))).toBe('endpoint-insecure')
    expect(await failureOf(() => find(absent(), absent(), { configured: 'http://x.example/' }))).toBe(
      'endpoint-insecure',
    )
  })
})

describe('localhost', () => {
  it('is asked on the own origin of the page, and may have ws', async () => {
    const found = await find(text(xrd('ws://localhost:5280/xmpp-websocket')), absent(), {
      domain: 'localhost',
      origin: 'http://127.0.0.1:4173',
    })
    expect(found.asked[0]?.url).toBe('http://127.0.0.1:4173/.well-known/host-meta')
    expect(found.candidates).toEqual(['ws://localhost:5280/xmpp-websocket'])
  })

  it('never lends its origin to another domain, nor takes a foreign one', async () => {
    const other = await find(absent(), absent(), { origin: 'http://localhost:4173' })
    expect(other.asked[0]?.url).toBe('https://example.org/.well-known/host-meta')
    const foreign = await find(absent(), absent(), { domain: 'localhost', origin: 'https://app.example' })
    expect(foreign.asked[0]?.url).toBe('https://localhost/.well-known/host-meta')
  })
})

describe('a domain', () => {
  it('may be international', async () => {
    const { asked } = await find(absent(), absent(), { domain: 'пример.example' })
    expect(asked[0]?.url).toBe('https://xn--e1afmkfd.example/.well-known/host-meta')
  })

  it.each(['a/b', 'user@host', 'a?b', 'a#b', 'a:80', '', 'a b', 'a\\b'])(
    'that is no host name is refused: %j',
    async (domain) => {
      expect(await failureOf(() => find(absent(), absent(), { domain }))).toBe('address-invalid')
    },
  )
})

describe('checking an address', () => {
  it.each([
    ['wss://example.org', 'wss://example.org/'],
    ['WSS://Example.ORG:443/ws?x=1', 'wss://example.org/ws?x=1'],
    ['ws://localhost:5280/ws', 'ws://localhost:5280/ws'],
    ['ws://127.0.0.1/ws', 'ws://127.0.0.1/ws'],
    ['ws://[::1]:1/ws', 'ws://[::1]:1/ws'],
  ])('takes %s', (address, normal) => {
    expect(checkEndpoint(address)).toBe(normal)
  })

  it.each([
    ['ws://example.org/', 'endpoint-insecure'],
    ['ws://localhost.evil.example/', 'endpoint-insecure'],
    ['ws://127.0.0.1.evil.example/', 'endpoint-insecure'],
    ['ws://10.0.0.1/', 'endpoint-insecure'],
    ['http://example.org/', 'endpoint-insecure'],
    ['https://example.org/', 'endpoint-not-xmpp'],
    ['xmpp:a@b', 'endpoint-not-xmpp'],
    ['javascript:alert(1)', 'endpoint-not-xmpp'],
    ['wss://a:b@example.org/', 'endpoint-not-xmpp'],
    ['wss://example.org/#a', 'endpoint-not-xmpp'],
    ['wss://', 'endpoint-not-xmpp'],
    ['', 'endpoint-not-xmpp'],
    [`wss://example.org/${'a'.repeat(3000)}`, 'endpoint-not-xmpp'],
  ])('refuses %s', async (address, what) => {
    expect(await failureOf(() => checkEndpoint(address))).toBe(what)
  })
})
