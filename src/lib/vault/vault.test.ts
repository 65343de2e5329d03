import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failed } from '#model/failure.ts'
import { makeStoreKey, unwrapStoreKey } from './key.ts'
import { clear, openRecord, sealRecord, sealSecret, type Sealed, type StoreKey, type StoreKeyRow } from './seal.ts'

const { row, key } = await makeStoreKey(1)
const content = (version: number): StoreKey => ({ ...key, version, sealsContent: true })
const contains = (sealed: Sealed, text: string) => Buffer.from(sealed.body as Uint8Array).includes(text)

describe('store key', () => {
  it('comes back from its row', async () => {
    expect(await unwrapStoreKey(row)).toEqual(key)
    expect(key.bytes).toHaveLength(32)
    expect(Buffer.from(row.wrapped).includes(Buffer.from(key.bytes))).toBe(false)
  })

  it('cannot be carried away: its wrapping key does not export', async () => {
    if (row.by !== 'browser') throw new Error('wrapped by a passphrase')
    await expect(crypto.subtle.exportKey('raw', row.wrappingKey)).rejects.toThrow()
    await expect(crypto.subtle.exportKey('jwk', row.wrappingKey)).rejects.toThrow()
  })

  it('is new each time', async () => {
    expect((await makeStoreKey(1)).key.bytes).not.toEqual(key.bytes)
  })

  it('refuses a row that was changed', async () => {
    const wrapped = row.wrapped.slice()
    wrapped[0] = (wrapped[0] as number) ^ 1
    await expect(unwrapStoreKey({ ...row, wrapped })).rejects.toThrow(Failed)
    await expect(unwrapStoreKey({ ...row, version: 2 })).rejects.toThrow(Failed)
    const { version, iv } = row
    const locked: StoreKeyRow = { version, iv, wrapped, by: 'passphrase', salt: new Uint8Array(16), rounds: 600_000 }
    await expect(unwrapStoreKey(locked)).rejects.toThrow(/passphrase/)
  })
})

describe('records', () => {
  it('leaves content clear, and secrets never', () => {
    expect(sealRecord([key], 'message:1', { body: 'hello' })).toEqual({ key: 0, body: { body: 'hello' } })
    expect(sealRecord([], 'message:1', 'x')).toEqual(clear('x'))
    const sealed = sealSecret([key], 'login', { clientKey: 'canary' })
    expect(sealed.key).toBe(1)
    expect(contains(sealed, 'canary')).toBe(false)
    expect(openRecord([key], 'login', sealed)).toEqual({ clientKey: 'canary' })
    expect(() => sealSecret([], 'login', 'x')).toThrow(Failed)
  })

  it('seals content with the newest key and opens what older keys sealed', () => {
    const older = { ...content(1), bytes: crypto.getRandomValues(new Uint8Array(32)) }
    const before = sealRecord([older], 'm', 'first')
    const keys = [older, content(3), content(2)]
    const after = sealRecord(keys, 'm', 'canary')
    expect(after.key).toBe(3)
    expect(contains(after, 'canary')).toBe(false)
    expect([openRecord(keys, 'm', before), openRecord(keys, 'm', after)]).toEqual(['first', 'canary'])
  })

  it('opens clear rows whatever the keys', () => {
    expect(openRecord([content(1)], 'm', clear([1]))).toEqual([1])
  })

  it('never gives the same bytes twice', () => {
    const [a, b] = [sealSecret([key], 'x', 'same'), sealSecret([key], 'x', 'same')]
    expect(Buffer.from(a.body as Uint8Array).equals(Buffer.from(b.body as Uint8Array))).toBe(false)
  })

  it('refuses a row moved to another id, changed, cut, or sealed by a lost key', () => {
    const sealed = sealSecret([key], 'a', 'value')
    const body = sealed.body as Uint8Array
    expect(() => openRecord([key], 'b', sealed)).toThrow(Failed)
    for (let at = 0; at < body.length; at++) {
      const changed = body.slice()
      changed[at] = (changed[at] as number) ^ 0x80
      expect(() => openRecord([key], 'a', { key: 1, body: changed })).toThrow(Failed)
      expect(() => openRecord([key], 'a', { key: 1, body: body.slice(0, at) })).toThrow(Failed)
    }
    expect(() => openRecord([], 'a', sealed)).toThrow(Failed)
    expect(() => openRecord([key], 'a', { key: 2, body })).toThrow(Failed)
    expect(() => openRecord([key], 'a', { key: 1, body: 'value' })).toThrow(Failed)
  })

  it('gives back any plain value, bytes and hostile names included', () => {
    const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array())
    const names = fc.oneof(fc.string(), fc.constantFrom('$bytes', '$plain', '__proto__', 'constructor', 'toJSON'))
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('any'), { maxLength: 4 }),
        fc.array(fc.tuple(names, tie('any')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
      ),
    })).any
    fc.assert(
      fc.property(value, fc.string(), (given, id) => {
        const opened = openRecord([key], id, sealSecret([key], id, given))
        expect(opened).toEqual(given)
      }),
    )
  })

  it('refuses what is no value', () => {
    expect(() => sealSecret([key], 'x', undefined)).toThrow(TypeError)
  })
})
