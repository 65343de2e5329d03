import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configSchema, defaultConfig, endpointUrl, readConfig } from './config.ts'

interface Schema {
  type?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  enum?: readonly unknown[]
  items?: Schema
  propertyNames?: Schema
  additionalProperties?: boolean | Schema
  properties?: Record<string, Schema>
}

const published = () =>
  JSON.parse(readFileSync(new URL('../../../static/config.schema.json', import.meta.url), 'utf8')) as Schema

/** As much of JSON Schema as the published file uses. */
function fits(schema: Schema, value: unknown): boolean {
  if (schema.enum) return schema.enum.includes(value)
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  if (schema.type !== undefined && schema.type !== kind) return false
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) return false
    return value.length >= (schema.minLength ?? 0) && value.length <= (schema.maxLength ?? Infinity)
  }
  if (Array.isArray(value)) return value.every((item) => fits(schema.items ?? {}, item))
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, inner]) => {
    if (schema.propertyNames && !fits(schema.propertyNames, name)) return false
    const own = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
    if (own) return fits(own, inner)
    const rest = schema.additionalProperties ?? true
    return typeof rest === 'boolean' ? rest : fits(rest, inner)
  })
}

describe('readConfig', () => {
  it('reads a full file', () => {
    const { config, problems } = readConfig({
      $schema: './config.schema.json',
      domain: 'Example.ORG',
      lockedDomain: true,
      endpoint: './xmpp-websocket',
      name: 'Garden',
      mechanisms: ['PLAIN', 'PLAIN'],
      tokens: { '--accent': '#205ea8', '--radius-m': 'calc(2px + 1%)' },
    })
    expect(problems).toEqual([])
    expect(config).toEqual({
      domain: 'example.org',
      lockedDomain: true,
      endpoint: './xmpp-websocket',
      name: 'Garden',
      mechanisms: ['PLAIN'],
      tokens: { '--accent': '#205ea8', '--radius-m': 'calc(2px + 1%)' },
    })
  })

  it('is the default where the file says nothing', () => {
    expect(readConfig({})).toEqual({ config: defaultConfig, problems: [] })
  })

  it.each([
    [null, '', 'no-object'],
    [[], '', 'no-object'],
    ['x', '', 'no-object'],
    [{ domian: 'x' }, 'domian', 'unknown-key'],
    [JSON.parse('{"__proto__": {"domain": "x"}}'), '__proto__', 'unknown-key'],
    [{ constructor: 1 }, 'constructor', 'unknown-key'],
    [{ domain: 3 }, 'domain', 'wrong-kind'],
    [{ domain: 'a b' }, 'domain', 'bad-value'],
    [{ domain: 'x'.repeat(300) }, 'domain', 'bad-value'],
    [{ lockedDomain: 'yes' }, 'lockedDomain', 'wrong-kind'],
    [{ lockedDomain: true }, 'lockedDomain', 'bad-value'],
    [{ endpoint: 'https://example.org/ws' }, 'endpoint', 'bad-value'],
    [{ endpoint: '//example.org/ws' }, 'endpoint', 'bad-value'],
    [{ endpoint: 'wss://user@example.org/ws' }, 'endpoint', 'bad-value'],
    [{ endpoint: 'data:1' }, 'endpoint', 'bad-value'],
    [{ name: '' }, 'name', 'bad-value'],
    [{ name: 'a\u202eb' }, 'name', 'bad-value'],
    [{ mechanisms: 'PLAIN' }, 'mechanisms', 'wrong-kind'],
    [{ mechanisms: ['DIGEST-MD5'] }, 'mechanisms', 'bad-value'],
    [{ tokens: [] }, 'tokens', 'wrong-kind'],
    [{ tokens: { color: 'red' } }, 'tokens.color', 'bad-value'],
    [{ tokens: { '--accent': 7 } }, 'tokens.--accent', 'wrong-kind'],
    [{ tokens: { '--accent': 'url(//evil.example/x)' } }, 'tokens.--accent', 'bad-value'],
    [{ tokens: { '--accent': 'red; background: x' } }, 'tokens.--accent', 'bad-value'],
    [{ tokens: { '--accent': 'image-set("x" 1x)' } }, 'tokens.--accent', 'bad-value'],
  ])('names the bad key of case %#: $1', (json, key, problem) => {
    const { config, problems } = readConfig(json)
    expect(problems).toEqual([{ key, problem }])
    expect(config).toEqual(defaultConfig)
  })

  it('keeps the good keys beside a bad one', () => {
    const { config } = readConfig({ domain: 'example.org', name: 5, tokens: { '--a': 'red', b: 'x' } })
    expect(config).toEqual({ ...defaultConfig, domain: 'example.org', tokens: { '--a': 'red' } })
  })
})

describe('config.schema.json', () => {
  it('is what the code says', () => {
    expect(published()).toEqual(JSON.parse(JSON.stringify(configSchema())))
  })

  it('accepts exactly what the reader accepts', () => {
    const schema = published()
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('example.org', 'wss://a.b/c', './ws', '//x', '--accent', '#fff', 'rgb(0 0 0)', 'url(x)', 'PLAIN'),
    )
    const value = fc.oneof(
      text,
      fc.boolean(),
      fc.constant(null),
      fc.array(text, { maxLength: 3 }),
      fc.dictionary(fc.oneof(text, fc.constant('--accent')), text, { maxKeys: 2 }),
    )
    const key = fc.constantFrom('lockedDomain', 'endpoint', 'name', 'mechanisms', 'tokens', '$schema', 'other')
    fc.assert(
      fc.property(key, value, (name, given) => {
        // What JSON Schema has no words for: a locked domain needs a domain, and "$schema" is not read.
        fc.pre(!(name === '$schema' && typeof given !== 'string'))
        const json = { ...(name === 'lockedDomain' ? { domain: 'example.org' } : {}), [name]: given }
        expect(readConfig(json).problems.length === 0, JSON.stringify(json)).toBe(fits(schema, json))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('endpointUrl', () => {
  it.each([
    ['wss://example.org/ws', 'https://app.example/', 'wss://example.org/ws'],
    ['./ws', 'https://app.example/chat/', 'wss://app.example/chat/ws'],
    ['../ws', 'http://localhost:8080/a/b/', 'ws://localhost:8080/a/ws'],
    ['/ws', 'https://app.example/chat/#/c/1', 'wss://app.example/ws'],
    ['ftp://x', 'https://app.example/', null],
  ])('%s from %s', (endpoint, base, url) => {
    expect(endpointUrl(endpoint, base)).toBe(url)
  })
})
